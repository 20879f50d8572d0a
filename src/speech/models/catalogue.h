// The models that Haul builds: what each decides, how it is made, and what its file must be.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "speech/models/models.h"

namespace haul::speech {

struct Ours {
    Role role;
    std::string_view name;
    std::string_view builder;  // BUILDER.py makes it, from the packages of BUILDER.txt
    std::string_view sha256;
    Input input;
    std::string_view labels;  // separated by spaces
    std::uint64_t room;       // bytes that building it takes for a while, packages and all
};

[[nodiscard]] std::span<const Ours> catalogue();
// By its name, or as the first of its role.
[[nodiscard]] std::optional<Ours> find_ours(std::string_view name_or_role);
// As it is once it was built; without a path.
[[nodiscard]] Model model_of(const Ours& ours);

}  // namespace haul::speech
