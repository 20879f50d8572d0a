// All that is wrong with a plan, gathered so that it is said at once. Belongs to one reading of one plan.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace haul::collect {

class Problems {
  public:
    // `what` names the key and what is wrong with it, `remedy` what to write instead.
    void add(int line, std::string what, std::string remedy);
    [[nodiscard]] bool none() const { return found_.empty(); }
    // Of all of them, by line. Code::usage.
    [[nodiscard]] Error as_error(const std::string& path) const;

  private:
    struct Problem {
        int line;
        std::string text;
    };
    std::vector<Problem> found_;
};

}  // namespace haul::collect
