// For tests of exporting: recordings in order, and a look at a corpus as a reader takes it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/digest.h"
#include "flow/collect/export/current.h"
#include "flow/collect/export/export.h"
#include "flow/collect/recording/recording_fixture.h"
#include "store/local/local_store.h"

namespace haul::collect::harness {

inline std::unique_ptr<store::Store> local_store(const std::string& path) {
    store::local::LocalOptions options;
    options.create = true;
    auto made = store::local::LocalStore::open(path, options);
    EXPECT_TRUE(made);
    return *std::move(made);
}

inline std::vector<Recording> recordings(unsigned count) {
    std::vector<Recording> made;
    made.reserve(count);
    for (unsigned number = 0; number < count; ++number) made.push_back(harness::recording(number));
    std::ranges::sort(made, {}, &Recording::id);
    return made;
}

inline Recordings listing(const std::vector<Recording>& recordings) {
    return [&recordings](const std::function<Status(const Recording&)>& visit) -> Status {
        for (const Recording& one : recordings) TRY(visit(one));
        return {};
    };
}

inline std::vector<std::string> sorted(std::vector<std::string> names) {
    std::ranges::sort(names);
    return names;
}

inline std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

inline std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

inline std::vector<std::string> states_in(const std::string& exports) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(exports)) {
        if (is_state(entry.path().filename().string())) names.push_back(entry.path().filename().string());
    }
    return sorted(names);
}

// What current.json names is there as it says, file by file; and where the link leads, too.
inline Current shown(const std::string& out) {
    const auto store = local_store(out);
    const auto current = read_current(*store);
    EXPECT_TRUE(current) << current.error().message();
    if (!current || !*current) return {};
    const std::string folder = out + "/exports/" + (*current)->state + "/";
    for (const View& view : (*current)->files)
        EXPECT_EQ(digest::sha256_hex(text_of(folder + view.name)), view.sha256) << view.name;
    EXPECT_EQ((*current)->files.size(), kViewNames.size());
    EXPECT_EQ(std::filesystem::read_symlink(folder + "audio").string(), "../../audio");
    for (const char* view : kViewNames)
        EXPECT_TRUE(std::filesystem::is_regular_file(out + "/exports/current/" + view)) << view;
    return **current;
}

// And nothing is left of how it came there.
inline void expect_whole(const std::string& out, const std::string& state) {
    EXPECT_EQ(shown(out).state, state);
    EXPECT_EQ(std::filesystem::read_symlink(out + "/exports/current").string(), state);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(out)) {
        const std::string name = entry.path().filename().string();
        EXPECT_FALSE(name.starts_with(".")) << entry.path() << " is left";
    }
}

}  // namespace haul::collect::harness
