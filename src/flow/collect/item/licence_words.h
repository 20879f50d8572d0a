// The names of Creative Commons' licences, word by word. Pure.
#pragma once

#include <string>
#include <string_view>

namespace haul::collect {

// What a licence is made of: "by-nc-sa", "3.0", "de".
struct LicenceParts {
    bool attribution = false, share_alike = false, non_commercial = false, no_derivatives = false;
    bool zero = false;
    std::string version{};       // "4.0"; empty: not said
    std::string jurisdiction{};  // of a ported licence, as SPDX writes it ("DE"); empty: none
    bool operator==(const LicenceParts&) const = default;
    [[nodiscard]] bool names_one() const {
        return zero || attribution || share_alike || non_commercial || no_derivatives;
    }
};

// Nothing is overlooked: a word that is no part of a licence's name makes the whole not understood, and so do
// two licences that are not the same. Empty parts: not understood.
[[nodiscard]] LicenceParts parts_named(std::string_view statement);
// Of the address of a deed or legal code at creativecommons.org; empty parts: it is none.
[[nodiscard]] LicenceParts parts_of_address(std::string_view url);

}  // namespace haul::collect
