// Which languages can be heard: those of the model that haul-speech decides with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/collect/ear/ear.h"

namespace haul::collect {

struct KnownLanguages {
    std::string model{};               // its name
    std::vector<std::string> codes{};  // what it answers with
};

// nullopt: there is no such model. Asks `haul-speech models list`, which loads none.
[[nodiscard]] Result<std::optional<KnownLanguages>> known_languages(const EarSetup& setup);

}  // namespace haul::collect
