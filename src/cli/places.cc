#include "cli/places.h"

#include <fcntl.h>
#include <stdlib.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "flow/job/job.h"

namespace haul::cli {
namespace {

Error refused(const std::string& detail, const std::string& remedy) {
    return make_error(Code::usage, "", "", detail).with_remedy(remedy);
}

Status check_apart(const store::Address& source, const store::Address& destination) {
    if (store::contains(source, destination)) {
        return failure(refused(
            fmt::format("the destination {} lies inside the source {}",
                        text::printable(destination.canonical()), text::printable(source.canonical())),
            "choose a destination outside the source"));
    }
    if (store::contains(destination, source)) {
        return failure(refused(
            fmt::format("the source {} lies inside the destination {}", text::printable(source.canonical()),
                        text::printable(destination.canonical())),
            "choose a destination that does not hold the source, such as a folder beside it"));
    }
    return {};
}

bool is_plain_element(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name != ".haul" && name.size() <= 255 &&
           name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

}  // namespace

Result<Places> parse_places(const std::string& source, const std::string& destination,
                            const std::string& state) {
    Places places{.source = TRY(store::parse_address(source)),
                  .destination = TRY(store::parse_address(destination))};
    TRY(check_apart(places.source, places.destination));
    if (!state.empty() && store::contains(TRY(store::parse_address(state)), places.destination)) {
        return failure(
            refused(fmt::format("the destination {} lies inside haul's own state folder {}",
                                text::printable(places.destination.canonical()), text::printable(state)),
                    "choose another destination, or another --state"));
    }
    return places;
}

Status check_holds_no_state(const store::Address& destination, const std::string& state) {
    if (state.empty() || !store::contains(destination, TRY(store::parse_address(state)))) return {};
    return failure(refused(fmt::format("haul's own state folder {} lies inside the destination {}",
                                       text::printable(state), text::printable(destination.canonical())),
                           "choose another destination, or another --state"));
}

Result<std::string> set_name(const std::optional<std::string>& given, const store::Address& source) {
    std::string name = given.value_or(source.last_element());
    if (is_plain_element(name)) return name;
    if (!given) {
        return failure(refused(fmt::format("the source {} has no last element to name the set after",
                                           text::printable(source.canonical())),
                               "give the set a name with --name"));
    }
    return failure(refused(fmt::format("--name: '{}' is not one plain name", text::printable(name)),
                           "a name has no '/', is at most 255 bytes long, and is not '.', '..' or '.haul'"));
}

void declare_state(Arguments& arguments, std::optional<std::string>& state) {
    arguments.text("--state", state, "DIR",
                   "where jobs are kept ($XDG_STATE_HOME/haul, else ~/.local/state/haul)");
}

Result<std::string> state_place(const std::optional<std::string>& given) {
    std::string state = given ? *given : job::default_state().value_or("");
    if (state.empty()) return state;
    return TRY(store::parse_address(state)).path;
}

Result<PassingState> PassingState::make() {
    const char* const given = ::getenv("TMPDIR");
    std::string folder = std::string(given != nullptr && *given == '/' ? given : "/tmp") + "/haul-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr)
        return failure(os_error(errno, "make a temporary folder", folder));
    return PassingState(std::move(folder));
}

PassingState::~PassingState() {
    if (!folder_.empty()) static_cast<void>(file::remove_tree(AT_FDCWD, folder_));
}

}  // namespace haul::cli
