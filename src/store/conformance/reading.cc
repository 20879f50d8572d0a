#include <algorithm>
#include <array>
#include <thread>

#include "store/conformance/checks.h"

namespace haul::store::conformance {

Status reads_are_exact(Bench& bench) {
    const std::string text = noise(300'000, 1);
    TRY(bench.write(bench.at("f"), text));
    TRY(bench.write(bench.at("empty"), ""));
    struct Range {
        std::uint64_t offset;
        std::size_t size;
    };
    for (const Range& range : std::array<Range, 6>{
             {{0, 1}, {0, 300'000}, {299'999, 1}, {65'535, 65'538}, {17, 0}, {300'000, 0}}}) {
        const std::string got = TRY(bench.read(bench.at("f"), range.offset, range.size));
        TRY(expect(got == text.substr(range.offset, range.size), "a range came back with other bytes"));
    }
    TRY(bench.read(bench.at("empty"), 0, 0));
    TRY(expect(!bench.read(bench.at("f"), 299'999, 2).has_value(), "a read beyond the end succeeded"));
    TRY(expect(!bench.read(bench.at("f"), 400'000, 1).has_value(), "a read behind the end succeeded"));
    return expect(!bench.read(bench.at("empty"), 0, 1).has_value(), "a byte was read from an empty object");
}

Status reads_are_of_one_version(Bench& bench) {
    const std::string name = bench.at("f");
    TRY(bench.write(name, "first"));
    const Version first = TRY(bench.store().stat({.name = name})).object.version;
    TRY(bench.read(name, 0, 5, first));
    std::string text(5, '\0');
    Read seeing;
    seeing.name = name;
    seeing.into = std::as_writable_bytes(std::span(text));
    bench.store().read_many(std::span(&seeing, 1), {});
    TRY(std::move(seeing.result));
    TRY(expect(!seeing.seen.tag.empty(), "a read did not say which version it saw"));
    TRY(bench.read(name, 0, 5, seeing.seen));
    TRY(bench.write(name, "second"));
    TRY(expect_refused(bench.read(name, 0, 5, first), Code::changed,
                       "reading the listed version after a change"));
    TRY(expect_refused(bench.read(name, 0, 5, seeing.seen), Code::changed,
                       "reading the seen version after a change"));
    // An error, and nothing that could be taken for the object.
    Read range;
    range.name = name;
    range.version = first;
    range.into = std::as_writable_bytes(std::span(text));
    bench.store().read_many(std::span(&range, 1), {});
    TRY(expect(!range.result.has_value(), "a conditional read of another version succeeded"));
    return bench.expect_holds(name, "second");
}

Status versions_tell_contents_apart(Bench& bench) {
    const std::string name = bench.at("f");
    const Version one = TRY(bench.write(name, "one"));
    const Version listed = TRY(bench.store().stat({.name = name})).object.version;
    TRY(expect(!listed.tag.empty() && one == listed,
               "the version that was written is not the one that is there"));
    const Version longer = TRY(bench.write(name, "longer"));
    return expect(longer != one, "two contents have one version");
}

Status each_item_has_its_own_result(Bench& bench) {
    TRY(bench.write(bench.at("a"), "aaa"));
    TRY(bench.write(bench.at("c"), "ccc"));
    const std::array<std::string, 3> names = {bench.at("a"), bench.at("b"), bench.at("c")};
    std::array<std::string, 3> texts = {"...", "...", "..."};
    std::array<Read, 3> reads;
    for (std::size_t at = 0; at < reads.size(); ++at) {
        reads[at].name = names[at];
        reads[at].into = std::as_writable_bytes(std::span(texts[at]));
    }
    bench.store().read_many(reads, {});
    TRY(expect_refused(reads[1].result, Code::not_found, "reading the absent one of three"));
    TRY(std::move(reads[0].result));
    TRY(std::move(reads[2].result));
    TRY(expect(texts[0] == "aaa" && texts[2] == "ccc", "the others of the batch have wrong bytes"));
    std::array<Write, 3> writes;
    for (std::size_t at = 0; at < writes.size(); ++at) {
        writes[at].name = at == 1 ? bench.at(std::string("a\0b", 3)) : names[at] + "2";
        writes[at].bytes = std::as_bytes(std::span(texts[at]));
    }
    bench.store().write_many(writes, {}, {});
    TRY(expect_refused(writes[1].result, Code::usage, "writing the bad one of three"));
    TRY(bench.expect_holds(names[0] + "2", "aaa"));
    return bench.expect_holds(names[2] + "2", "ccc");
}

namespace {

Status write_read_and_list(Bench& bench, std::size_t thread, std::uint32_t rounds) {
    for (std::uint32_t round = 0; round < rounds; ++round) {
        const std::string name = bench.at("d" + std::to_string(round) + "/" + std::to_string(thread));
        const std::string text = noise(10'000 + 1000 * thread, round);
        TRY(bench.write(name, text, kCreateOnly));
        TRY(bench.expect_holds(name, text));
        TRY(bench.list(bench.folder()));
    }
    return {};
}

}  // namespace

Status calls_come_from_many_threads(Bench& bench) {
    constexpr std::size_t kThreads = 4;
    constexpr std::uint32_t kRounds = 8;
    std::array<Status, kThreads> results;
    {
        std::vector<std::jthread> threads;
        threads.reserve(kThreads);
        for (std::size_t thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back(
                [&, thread] { results[thread] = write_read_and_list(bench, thread, kRounds); });
        }
    }
    for (const Status& result : results) TRY(Status(result));
    const std::string all = TRY(bench.files());
    const auto count = static_cast<std::size_t>(std::ranges::count(all, ' ')) + 1;
    return expect(count == kThreads * kRounds, "some of what the threads wrote is missing");
}

Status stop_interrupts(Bench& bench) {
    TRY(bench.write(bench.at("a"), "aaa"));
    std::stop_source source;
    source.request_stop();
    const std::string name = bench.at("a"), other = bench.at("b");
    std::string text = "...";
    Read read;
    read.name = name;
    read.into = std::as_writable_bytes(std::span(text));
    bench.store().read_many(std::span(&read, 1), source.get_token());
    TRY(expect_refused(read.result, Code::interrupted, "reading after a stop"));
    Write write;
    write.name = other;
    write.bytes = std::as_bytes(std::span(text));
    bench.store().write_many(std::span(&write, 1), {}, source.get_token());
    TRY(expect_refused(write.result, Code::interrupted, "writing after a stop"));
    TRY(bench.expect_absent(other));
    Remove remove{.name = name, .result = {}};
    bench.store().remove_many(std::span(&remove, 1), source.get_token());
    TRY(expect_refused(remove.result, Code::interrupted, "removing after a stop"));
    auto listing = TRY(bench.store().list({.prefix = bench.folder(), .after = {}}));
    TRY(expect_refused(listing->next(source.get_token()), Code::interrupted, "listing after a stop"));
    return bench.expect_holds(name, "aaa");
}

}  // namespace haul::store::conformance
