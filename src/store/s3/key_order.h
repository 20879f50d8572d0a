// In which order a service lists, learned from what it lists: byte order, or, as some do, element by element
// (`a/b` before `a b`). A page that fits neither is a stale or repeated one. Values only.
#pragma once

#include <string>
#include <string_view>

namespace haul::store::s3 {

class KeyOrder {
  public:
    // Whether `next` may stand behind `previous`; what that rules out is remembered.
    [[nodiscard]] bool accept(std::string_view previous, std::string_view next);
    // Nothing has contradicted byte order so far.
    [[nodiscard]] bool may_be_bytes() const { return bytes_; }

  private:
    bool bytes_ = true, elements_ = true;
};

// Whether `left` comes before `right`, compared element by element.
[[nodiscard]] bool before_by_elements(std::string_view left, std::string_view right);

}  // namespace haul::store::s3
