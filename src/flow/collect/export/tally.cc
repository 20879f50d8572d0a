#include "flow/collect/export/tally.h"

#include <algorithm>

namespace haul::collect {

Amount& Amount::operator+=(const Amount& other) {
    recordings += other.recordings;
    milliseconds += other.milliseconds;
    speech_milliseconds += other.speech_milliseconds;
    return *this;
}

void Tally::add(const std::string& key, const Amount& amount) {
    all_ += amount;
    const auto at = by_key_.find(key);
    if (at != by_key_.end()) {
        at->second += amount;
    } else if (by_key_.size() < most_) {
        by_key_.emplace(key, amount);
    } else {
        beyond_ += amount;
    }
}

std::vector<Tally::Row> Tally::largest(std::size_t rows) const {
    std::vector<Row> sorted(by_key_.begin(), by_key_.end());
    std::ranges::sort(sorted, [](const Row& a, const Row& b) {
        if (a.second.speech_milliseconds != b.second.speech_milliseconds)
            return a.second.speech_milliseconds > b.second.speech_milliseconds;
        return a.first < b.first;
    });
    sorted.resize(std::min(rows, sorted.size()));
    return sorted;
}

Amount Tally::rest(std::size_t rows) const {
    Amount left = all_;
    for (const Row& row : largest(rows)) {
        left.recordings -= row.second.recordings;
        left.milliseconds -= row.second.milliseconds;
        left.speech_milliseconds -= row.second.speech_milliseconds;
    }
    return left;
}

}  // namespace haul::collect
