#include <algorithm>
#include <array>

#include "store/conformance/checks.h"

namespace haul::store::conformance {

Status names_are_checked(Bench& bench) {
    using namespace std::string_view_literals;
    const std::array bad = {""sv, "/a"sv, "a//b"sv, "a/"sv, "../a"sv, "a/../b"sv, "./a"sv, "a/."sv, "a\0b"sv};
    for (const std::string_view text : bad) {
        const std::string name(text);
        TRY(expect_refused(bench.write(name, "x"), Code::usage, "writing `" + name + "`"));
        TRY(expect_refused(bench.read(name, 0, 1), Code::usage, "reading `" + name + "`"));
        TRY(expect_refused(bench.open_upload(name, 1), Code::usage, "an upload to `" + name + "`"));
        TRY(expect_refused(remove_object(bench.store(), name), Code::usage, "removing `" + name + "`"));
        TRY(expect_refused(bench.store().stat({.name = name}), Code::usage, "stat of `" + name + "`"));
    }
    return {};
}

Status names_are_bytes(Bench& bench) {
    std::vector<std::string> names = {"with space", "new\nline", "quo\"te'",
                                      "#hash?",     "%41",       "\xF0\x9F\x8E\x89",
                                      "-dash",      "..dots",    std::string(255, 'n')};
    // A service takes UTF-8 only, and some make a slash of a backslash; what keeps modes is a file system.
    if (bench.can().keeps_modes) names.insert(names.end(), {"latin\xE9", "back\\slash"});
    for (const std::string& name : names) TRY(bench.write(bench.at(name), name));
    std::vector<std::string> seen;
    for (const Object& object : TRY(list_folder(bench.store(), bench.folder()))) {
        seen.push_back(object.name.substr(bench.folder().size() + 1));
    }
    std::ranges::sort(names);
    std::ranges::sort(seen);
    TRY(expect(seen == names, "the listing has other names than were written"));
    for (const std::string& name : names) TRY(bench.expect_holds(bench.at(name), name));
    return {};
}

Status errors_name_operation_and_object(Bench& bench) {
    const std::string name = bench.at("no-such-object");
    const auto read = bench.read(name, 0, 1);
    const auto stat = bench.store().stat({.name = name});
    TRY(expect_refused(read, Code::not_found, "reading what is not there"));
    TRY(expect_refused(stat, Code::not_found, "stat of what is not there"));
    for (const Error* error : {&read.error(), &stat.error()}) {
        TRY(expect(!error->operation.empty(), "an error without operation"));
        TRY(expect(error->subject.ends_with(name),
                   "an error that does not name its object: " + error->message()));
        TRY(expect(!error->detail.empty(), "an error without reason"));
    }
    return {};
}

Status absent_is_not_found(Bench& bench) {
    const std::string name = bench.at("no-such-folder/object");
    TRY(expect_refused(bench.read(name, 0, 1), Code::not_found, "reading in a folder that is not there"));
    TRY(expect_refused(bench.store().stat({.name = name}), Code::not_found,
                       "stat in a folder that is not there"));
    TRY(expect_refused(bench.store().stat({.name = name, .only_objects = true}), Code::not_found,
                       "stat of a file in a folder that is not there"));
    TRY(expect_refused(bench.list(bench.at("no-such-folder")), Code::not_found,
                       "listing a folder that is not there"));
    TRY(remove_object(bench.store(), name));
    Remove folder{.name = bench.at("no-such-folder"), .folder = true, .result = {}};
    bench.store().remove_many(std::span(&folder, 1), {});
    return std::move(folder.result);
}

}  // namespace haul::store::conformance
