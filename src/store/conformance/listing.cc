#include <algorithm>
#include <array>
#include <set>

#include "store/conformance/checks.h"

namespace haul::store::conformance {
namespace {

constexpr std::array<std::string_view, 12> kTree = {"a-b", "a.txt", "a/1",     "a/b/2",    "a/b-c", "a/b.c",
                                                    "a0",  "B",     "z/y/x/w", "\xC3\xA9", "~",     "0"};

Status plant(Bench& bench) {
    for (const std::string_view name : kTree) TRY(bench.write(bench.at(name), name));
    return {};
}

std::string key_of(const Object& object) {
    return object.kind == Kind::folder ? object.name + "/" : object.name;
}

std::vector<std::string> keys_of(const std::vector<Object>& objects) {
    std::vector<std::string> keys;
    keys.reserve(objects.size());
    for (const Object& object : objects) keys.push_back(key_of(object));
    return keys;
}

}  // namespace

Status listings_are_complete(Bench& bench) {
    TRY(plant(bench));
    // Enough for several pages of any store.
    constexpr std::size_t kMany = 1500;
    std::vector<Write> writes(kMany);
    for (std::size_t at = 0; at < kMany; ++at) writes[at].name = bench.at("many/" + std::to_string(at));
    bench.store().write_many(writes, {}, {});
    for (Write& write : writes) TRY(std::move(write.result));
    const auto objects = TRY(bench.list(bench.folder()));
    TRY(expect(
        !objects.empty() && objects.front().name == bench.folder() && objects.front().kind == Kind::folder,
        "the folder itself does not come first"));
    std::set<std::string> files;
    for (const Object& object : objects) {
        if (object.kind == Kind::file)
            TRY(expect(files.insert(object.name).second, "listed twice: " + object.name));
    }
    for (const Write& write : writes) TRY(expect(files.contains(write.name), "not listed: " + write.name));
    for (const std::string_view name : kTree)
        TRY(expect(files.contains(bench.at(name)), "a file is not listed"));
    return expect(files.size() == kMany + kTree.size(), "more files are listed than were written");
}

Status listings_are_in_byte_order(Bench& bench) {
    TRY(plant(bench));
    const auto keys = keys_of(TRY(bench.list(bench.folder())));
    const auto wrong = std::ranges::adjacent_find(keys, std::ranges::greater_equal());
    return expect(wrong == keys.end(),
                  wrong == keys.end() ? "" : "out of order: " + *wrong + " before " + *(wrong + 1));
}

Status listings_are_repeatable(Bench& bench) {
    TRY(plant(bench));
    const auto first = keys_of(TRY(bench.list(bench.folder())));
    const auto second = keys_of(TRY(bench.list(bench.folder())));
    return expect(first == second, "two listings of the same objects differ");
}

Status listings_go_on_behind_a_cursor(Bench& bench) {
    constexpr std::size_t kMany = 3000;
    std::vector<Write> writes(kMany);
    for (std::size_t at = 0; at < kMany; ++at) {
        writes[at].name = bench.at("d" + std::to_string(at % 3) + "/" + std::to_string(at));
    }
    bench.store().write_many(writes, {}, {});
    for (Write& write : writes) TRY(std::move(write.result));
    const auto all = keys_of(TRY(bench.list(bench.folder())));
    std::vector<std::string> joined;
    std::string cursor;
    for (bool last = false; !last;) {
        // A new listing for each page, as after a restart.
        auto listing = TRY(bench.store().list({.prefix = bench.folder(), .after = cursor}));
        const Page page = TRY(listing->next({}));
        std::ranges::copy(keys_of(page.objects), std::back_inserter(joined));
        last = page.last;
        TRY(expect(last || page.cursor != cursor, "a page's cursor leads nowhere"));
        cursor = page.cursor;
    }
    TRY(expect(joined == all, "listing page by page gives other objects than at once"));
    const auto behind = TRY(bench.list(bench.folder(), cursor));
    return expect(behind.empty(), "something lies behind the last cursor");
}

Status listings_stay_beneath_their_prefix(Bench& bench) {
    TRY(plant(bench));
    const auto objects = TRY(bench.list(bench.at("a")));
    std::vector<std::string> files;
    for (const Object& object : objects) {
        const bool inside = object.name == bench.at("a") || object.name.starts_with(bench.at("a/"));
        TRY(expect(inside, "listed though it is not beneath the prefix: " + object.name));
        if (object.kind == Kind::file) files.push_back(object.name.substr(bench.folder().size() + 1));
    }
    std::ranges::sort(files);
    return expect(files == std::vector<std::string>{"a/1", "a/b-c", "a/b.c", "a/b/2"},
                  "not all beneath the prefix is listed");
}

Status listings_agree_with_stat(Bench& bench) {
    TRY(plant(bench));
    for (const Object& listed : TRY(bench.list(bench.folder()))) {
        if (listed.kind != Kind::file) continue;
        const Object found = TRY(bench.store().stat({.name = listed.name})).object;
        TRY(expect(found.kind == listed.kind && found.size == listed.size &&
                       found.version == listed.version &&
                       found.attributes.mtime_ns == listed.attributes.mtime_ns,
                   "stat and listing differ about " + listed.name));
        TRY(bench.read(listed.name, 0, listed.size, listed.version));
    }
    return {};
}

}  // namespace haul::store::conformance
