// robots.txt as RFC 9309 has it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haul::collect {

// What of a robots.txt holds for us.
class Robots {
  public:
    // The rules for the product token `agent` ("haul"), those of all groups that name it together; of `*`
    // where none does. Whatever is no rule is passed over.
    [[nodiscard]] static Robots parse(std::string_view text, std::string_view agent);
    // `target`: path and query. The longest rule that fits decides, and of equals the one that allows;
    // robots.txt itself may always be read.
    [[nodiscard]] bool allows(std::string_view target) const { return !forbidden_by(target); }
    // The rule that forbids it ("/private"); nullopt: it is allowed.
    [[nodiscard]] std::optional<std::string> forbidden_by(std::string_view target) const;

  private:
    struct Rule {
        bool allow = false;
        std::string pattern{};
    };
    std::vector<Rule> rules_;
};

}  // namespace haul::collect
