#include "flow/collect/verdicts.h"

namespace haul::collect {

void Verdicts::judged(bool accepted, const std::vector<std::string>& reasons) {
    const std::scoped_lock lock(mutex_);
    ++(accepted ? counts_.accepted : counts_.rejected);
    for (const std::string& reason : reasons) ++counts_.against[reason];
}

void Verdicts::left_out(const std::string& why) {
    const std::scoped_lock lock(mutex_);
    ++counts_.left_out[why];
}

void Verdicts::probed(const std::string& state) {
    const std::scoped_lock lock(mutex_);
    ++counts_.channels[state];
}

Verdicts::Counts Verdicts::counts() const {
    const std::scoped_lock lock(mutex_);
    return counts_;
}

}  // namespace haul::collect
