#include "store/s3/key_order.h"

#include <algorithm>

namespace haul::store::s3 {

bool before_by_elements(std::string_view left, std::string_view right) {
    while (true) {
        const std::string_view a = left.substr(0, left.find('/'));
        const std::string_view b = right.substr(0, right.find('/'));
        if (a != b) return a < b;
        left.remove_prefix(std::min(left.size(), a.size() + 1));
        right.remove_prefix(std::min(right.size(), b.size() + 1));
        if (left.empty() || right.empty()) return left.empty() && !right.empty();
    }
}

bool KeyOrder::accept(std::string_view previous, std::string_view next) {
    const bool bytes = bytes_ && previous < next;
    const bool elements = elements_ && before_by_elements(previous, next);
    if (!bytes && !elements) return false;
    bytes_ = bytes;
    elements_ = elements;
    return true;
}

}  // namespace haul::store::s3
