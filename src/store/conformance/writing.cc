#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "store/conformance/checks.h"

namespace haul::store::conformance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Status write_one(Bench& bench, Write write) {
    bench.store().write_many(std::span(&write, 1), {}, {});
    return std::move(write.result);
}

}  // namespace

Status failed_writes_leave_nothing(Bench& bench) {
    TRY(bench.write(bench.at("kept"), "old"));
    // One of a batch fails: the others are there, nothing else is.
    const std::string text = noise(100'000, 3);
    std::array<Write, 20> writes;
    for (std::size_t at = 0; at < writes.size(); ++at) {
        writes[at].name = at == 7 ? bench.at("kept") : bench.at("n" + std::to_string(at));
        writes[at].bytes = std::as_bytes(std::span(text));
        writes[at].condition = kCreateOnly;
    }
    bench.store().write_many(writes, {}, {});
    TRY(expect_refused(writes[7].result, Code::exists, "creating what is there"));
    TRY(bench.expect_holds(bench.at("kept"), "old"));
    TRY(bench.expect_holds(bench.at("n19"), text));
    const std::string files = TRY(bench.files());
    TRY(expect(std::ranges::count(files, ' ') == 19, "a failed write left something: " + files));
    std::stop_source source;
    source.request_stop();
    for (Write& write : writes) write.name += "-stopped";
    bench.store().write_many(writes, {}, source.get_token());
    return bench.expect_files(files);
}

Status written_objects_are_whole(Bench& bench) {
    constexpr std::size_t kMany = 200;
    std::vector<std::string> texts;
    texts.reserve(kMany);
    for (std::size_t at = 0; at < kMany; ++at)
        texts.push_back(noise(at * 411, static_cast<std::uint32_t>(at)));
    std::vector<Write> writes(kMany);
    for (std::size_t at = 0; at < kMany; ++at) {
        writes[at].name = bench.at("d" + std::to_string(at % 5) + "/e/" + std::to_string(at));
        writes[at].bytes = std::as_bytes(std::span(texts[at]));
    }
    bench.store().write_many(writes, {}, {});
    for (std::size_t at = 0; at < kMany; ++at) {
        TRY(std::move(writes[at].result));
        TRY(bench.expect_holds(writes[at].name, texts[at]));
    }
    // Without a condition the new content takes the old one's place.
    TRY(bench.write(writes[9].name, "new"));
    return bench.expect_holds(writes[9].name, "new");
}

Status create_only_never_replaces(Bench& bench) {
    TRY(bench.write(bench.at("f"), "first", kCreateOnly));
    TRY(expect_refused(bench.write(bench.at("f"), "other", kCreateOnly), Code::exists,
                       "creating what is there"));
    TRY(bench.expect_holds(bench.at("f"), "first"));
    TRY(expect_refused(create_object(bench.store(), bench.at("f"), "other"), Code::exists, "create_object"));
    return bench.expect_holds(bench.at("f"), "first");
}

Status one_of_racing_creators_wins(Bench& bench) {
    constexpr std::size_t kRacers = 4;
    for (int round = 0; round < 10; ++round) {
        const std::string name = bench.at("r" + std::to_string(round));
        std::array<Status, kRacers> results;
        {
            std::vector<std::jthread> racers;
            racers.reserve(kRacers);
            for (std::size_t racer = 0; racer < kRacers; ++racer) {
                racers.emplace_back([&, racer] {
                    results[racer] = create_object(bench.store(), name, "racer " + std::to_string(racer));
                });
            }
        }
        std::size_t winners = 0;
        for (std::size_t racer = 0; racer < kRacers; ++racer) {
            if (!results[racer].has_value()) {
                TRY(expect_refused(results[racer], Code::exists, "losing a race"));
                continue;
            }
            ++winners;
            TRY(bench.expect_holds(name, "racer " + std::to_string(racer)));
        }
        TRY(expect(winners == 1, std::to_string(winners) + " creators won"));
    }
    return {};
}

Status replace_checks_the_version(Bench& bench) {
    const std::string name = bench.at("f");
    const Version first = TRY(bench.write(name, "first"));
    const Condition of_first{.kind = Condition::Kind::replace, .version = first};
    const Version second = TRY(bench.write(name, "second!", of_first));
    TRY(bench.expect_holds(name, "second!"));
    TRY(expect(second != first, "the new content has the old version"));
    TRY(expect_refused(bench.write(name, "third", of_first), Code::changed,
                       "replacing a version that is gone"));
    TRY(bench.expect_holds(name, "second!"));
    TRY(expect_refused(bench.write(bench.at("absent"), "x", of_first), Code::changed,
                       "replacing what is not there"));
    return bench.expect_absent(bench.at("absent"));
}

Status removed_objects_are_gone(Bench& bench) {
    std::vector<Remove> removes;
    for (int at = 0; at < 20; ++at) {
        const std::string name = bench.at("d" + std::to_string(at % 2) + "/" + std::to_string(at));
        TRY(bench.write(name, "x"));
        removes.push_back({.name = name, .result = {}});
    }
    TRY(bench.write(bench.at("d0/kept"), "kept"));
    bench.store().remove_many(removes, {});
    for (Remove& remove : removes) {
        TRY(std::move(remove.result));
        TRY(bench.expect_absent(remove.name));
    }
    TRY(bench.expect_files("d0/kept"));
    TRY(remove_object(bench.store(), removes.front().name));
    Remove folder{.name = bench.at("d0"), .folder = true, .result = {}};
    bench.store().remove_many(std::span(&folder, 1), {});
    TRY(expect_refused(folder.result, Code::exists, "removing a folder that is not empty"));
    return bench.expect_holds(bench.at("d0/kept"), "kept");
}

Status removing_checks_the_version(Bench& bench) {
    const std::string name = bench.at("f");
    const Version first = TRY(bench.write(name, "first"));
    TRY(bench.write(name, "second!"));
    Remove stale{.name = name, .version = first, .result = {}};
    bench.store().remove_many(std::span(&stale, 1), {});
    TRY(expect_refused(stale.result, Code::changed, "removing a version that is gone"));
    TRY(bench.expect_holds(name, "second!"));
    const Version second = TRY(bench.store().stat({.name = name})).object.version;
    Remove current{.name = name, .version = second, .result = {}};
    bench.store().remove_many(std::span(&current, 1), {});
    TRY(std::move(current.result));
    return bench.expect_absent(name);
}

Status modes_and_times_are_kept(Bench& bench) {
    for (const std::int64_t mtime :
         {1'500'000'000 * kSecond + 123'456'789, 1 * kSecond, 4'000'000'000 * kSecond}) {
        Write write;
        write.name = bench.at("f" + std::to_string(mtime));
        write.attributes.mode = 0604;
        write.attributes.mtime_ns = mtime;
        TRY(write_one(bench, write));
        const Object object = TRY(bench.store().stat({.name = write.name})).object;
        TRY(expect(object.attributes.mode == 0604U, "the mode was not kept"));
        TRY(expect(object.attributes.mtime_ns == mtime, "the time was not kept"));
    }
    return {};
}

Status folders_and_symlinks_are_kept(Bench& bench) {
    const std::string target = "../somewhere else";
    std::vector<Write> writes(4);
    writes[0].name = bench.at("folder");
    writes[0].kind = Kind::folder;
    writes[0].attributes.mtime_ns = 1'400'000'000 * kSecond + 5;
    writes[0].attributes.mode = 0750;
    writes[1].name = bench.at("folder/file");
    writes[2].name = bench.at("folder/link");
    writes[2].kind = Kind::symlink;
    writes[2].bytes = std::as_bytes(std::span(target));
    writes[3].name = bench.at("empty/inner");
    writes[3].kind = Kind::folder;
    bench.store().write_many(writes, {}, {});
    for (Write& write : writes) TRY(std::move(write.result));
    TRY(write_one(bench, writes[3]));  // there already: fine
    const Object folder = TRY(bench.store().stat({.name = writes[0].name})).object;
    TRY(expect(folder.kind == Kind::folder && folder.attributes.mode == 0750U,
               "the folder's mode was not kept"));
    TRY(expect(folder.attributes.mtime_ns == writes[0].attributes.mtime_ns,
               "the folder's time was not kept"));
    bool linked = false, empty_there = false;
    for (const Object& object : TRY(bench.list(bench.folder()))) {
        linked = linked ||
                 (object.name == writes[2].name && object.kind == Kind::symlink && object.target == target);
        empty_there = empty_there || (object.name == writes[3].name && object.kind == Kind::folder);
    }
    TRY(expect(linked, "the symlink is not listed with its target"));
    TRY(expect(empty_there, "the empty folder is not listed"));
    writes[2].condition = kCreateOnly;
    TRY(expect_refused(write_one(bench, writes[2]), Code::exists, "creating a symlink where one is"));
    writes[0].condition = kCreateOnly;
    return expect_refused(write_one(bench, writes[0]), Code::exists, "creating a folder where one is");
}

Status metadata_is_kept(Bench& bench) {
    Write write;
    write.name = bench.at("f");
    write.attributes.content_type = "image/png";
    write.attributes.metadata = {{"owner", "somebody"}, {"note", "two words"}};
    TRY(write_one(bench, write));
    Read read;
    read.name = write.name;
    read.want_attributes = true;
    bench.store().read_many(std::span(&read, 1), {});
    TRY(std::move(read.result));
    TRY(expect(read.attributes.content_type == "image/png", "the content type was not kept"));
    return expect(read.attributes.metadata == write.attributes.metadata, "the metadata was not kept");
}

Status the_clock_is_the_stores_own(Bench& bench) {
    TRY(bench.write(bench.at("beat"), "1"));
    const Stat first = TRY(bench.store().stat({.name = bench.at("beat"), .want_clock = true}));
    TRY(expect(first.store_clock_ns && first.object.attributes.mtime_ns, "stat gives no clock"));
    const std::int64_t age = *first.store_clock_ns - *first.object.attributes.mtime_ns;
    // Services write whole seconds.
    TRY(expect(age > -2 * kSecond && age < 60 * kSecond,
               "an object made just now is not of the store's now"));
    const Stat second = TRY(bench.store().stat({.name = bench.at("beat"), .want_clock = true}));
    TRY(expect(*second.store_clock_ns >= *first.store_clock_ns, "the store's clock went back"));
    return bench.expect_files("beat");
}

}  // namespace haul::store::conformance
