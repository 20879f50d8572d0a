#include "speech/models/catalogue.h"

#include <array>
#include <sstream>

#include "base/units.h"

namespace haul::speech {
namespace {

// In the order of Whisper's tokens. ISO 639-1, but for haw, which has no code of two letters; jv is Whisper's
// jw, which ISO withdrew.
constexpr std::string_view kLanguages =
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg "
    "lt "
    "la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af "
    "oc "
    "ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jv su";

constexpr std::array kCatalogue{
    Ours{.role = Role::activity,
         .name = "silero-vad",
         .builder = "silero_vad",
         .sha256 = "7776b81ad1b0350c15d7f1555943b9232eb53e9ca5d989c6d0cea9ebc8664d87",
         .input = Input::pcm,
         .labels = "",
         .room = 64 * units::MiB},
    // A network alone: the head that reads it lies in the tree (child/block_head.cc).
    Ours{.role = Role::child,
         .name = "whisper-block-child",
         .builder = "whisper_block_child",
         .sha256 = "d4e2e7f7592555c7c7ddf57a491f8720f550f043fab7226739108ff6fbdd0115",
         .input = Input::log_mel,
         .labels = "",
         .room = 768 * units::MiB},
    Ours{.role = Role::language,
         .name = "whisper-base-language",
         .builder = "whisper_language",
         .sha256 = "e1ac22ab8358602e70f9d45d23e2985cbc1127b471909996b639a585ca1109df",
         .input = Input::log_mel,
         .labels = kLanguages,
         .room = 768 * units::MiB},
};

}  // namespace

std::span<const Ours> catalogue() { return kCatalogue; }

std::optional<Ours> find_ours(std::string_view name_or_role) {
    for (const Ours& one : kCatalogue)
        if (one.name == name_or_role || name_of(one.role) == name_or_role) return one;
    return std::nullopt;
}

Model model_of(const Ours& ours) {
    Model model{.role = ours.role,
                .id = {std::string(ours.name), std::string(ours.sha256)},
                .path = {},
                .input = ours.input,
                .labels = {},
                .operators = false};
    std::istringstream words{std::string(ours.labels)};
    for (std::string word; words >> word;) model.labels.push_back(word);
    return model;
}

}  // namespace haul::speech
