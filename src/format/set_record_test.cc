#include "format/set_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/digest.h"

namespace haul::format {
namespace {

SetRecord some_record() {
    SetRecord record;
    record.generation = 2;
    record.name = "na\xffme";
    record.source = "/data/in \"quoted\"";
    record.options.filters = {"include *.jpg", "exclude b\xff*"};
    record.options.max_size = 10;
    record.options.newer_ns = -1;
    record.options.files_from_digest = "sha256:00";
    record.parts.push_back(
        {"part-00001.zip", "part-00001.jsonl.zst", 100, 0x00abcdefU, 3, 1, 50, "sha256:aa", false});
    record.parts.push_back(
        {"part-00002.zip", "part-00002.jsonl.zst", 1ULL << 40U, 7, 1, 0, 1ULL << 40U, "sha256:bb", true});
    record.superseded = {{"old.txt", "part-00001.zip"}};
    record.gone = {{"g\xfe", "part-00001.zip"}};
    record.skipped = {{"fifo", "special", ""}};
    record.failed = {{"secret\n", "denied", "open secret: Permission denied"}};
    record.skipped_count = 1;
    record.failed_count = 12;
    record.files = 3;
    record.folders = 1;
    record.symlinks = 2;
    record.folder_lines = 4;
    record.bytes = 99;
    return record;
}

// The rule of docs/format.md, done by hand.
std::string with_digest(std::string document) {
    document.resize(document.rfind(",\n  \"digest\""));
    const std::string hex = digest::sha256_hex(document + "\n}\n");
    return document + ",\n  \"digest\": \"sha256:" + hex + "\"\n}\n";
}

TEST(SetRecord, ReadsBackAsItWas) {
    const SetRecord record = some_record();
    const std::string document = to_document(record);
    const Result<SetRecord> back = parse_record(document, "haul-00002.json");
    ASSERT_TRUE(back) << back.error().message() << document;
    EXPECT_EQ(to_document(*back), document);
    EXPECT_EQ(back->name, record.name);
    EXPECT_EQ(back->options, record.options);
    EXPECT_EQ(back->generation, 2U);
    ASSERT_EQ(back->parts.size(), 2U);
    EXPECT_TRUE(back->parts[1].oversize);
    EXPECT_EQ(back->parts[0].crc32, 0x00abcdefU);
    EXPECT_EQ(back->gone[0].path, "g\xfe");
    EXPECT_EQ(back->failed[0].detail, "open secret: Permission denied");
    EXPECT_EQ(back->failed_count, 12U);
    EXPECT_EQ(back->folder_lines, 4U);
    EXPECT_EQ(with_digest(document), document);
}

TEST(SetRecord, EndsInItsDigest) {
    EXPECT_THAT(to_document(some_record()),
                testing::ContainsRegex(",\n  \"digest\": \"sha256:[0-9a-f]{64}\"\n\\}\n$"));
}

TEST(SetRecord, WithAnyByteChangedItIsCorrupt) {
    const std::string document = to_document(some_record());
    for (std::size_t at = 0; at < document.size(); ++at) {
        std::string damaged = document;
        damaged[at] = damaged[at] == 'x' ? 'y' : 'x';
        const Result<SetRecord> back = parse_record(damaged, "haul-00002.json");
        ASSERT_FALSE(back) << at;
        EXPECT_EQ(back.error().code, Code::corrupt) << at;
    }
    for (std::size_t size = 0; size < document.size(); ++size) {
        EXPECT_FALSE(parse_record(document.substr(0, size), "r")) << size;
    }
    EXPECT_FALSE(parse_record(document + "\n", "r"));
}

TEST(SetRecord, IgnoresFieldsOfLaterMinorForms) {
    std::string document = to_document(some_record());
    document.replace(document.find("\"haul/1\""), 8, "\"haul/1.7\"");
    document.insert(document.find("\"generation\""), "\"new\": {\"a\": [1]},\n  ");
    const Result<SetRecord> back = parse_record(with_digest(document), "r");
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(back->name, some_record().name);
}

TEST(SetRecord, OfALaterMajorVersionIsRefusedWithTheRemedy) {
    std::string document = to_document(some_record());
    document.replace(document.find("\"haul/1\""), 8, "\"haul/2\"");
    const Result<SetRecord> back = parse_record(document, "r");
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, Code::unsupported);
    EXPECT_EQ(back.error().remedy, "use a newer haul");
}

TEST(SetRecord, RefusesWhatDoesNotFitTogether) {
    struct Case {
        std::string from, to;
    };
    const Case cases[] = {
        {"\"generation\": 2", "\"generation\": 0"},
        {"\"generation\": 2", "\"generation\": 4294967296"},
        {"\"name\": \"part-00001.zip\"", "\"name\": \"../part-00001.zip\""},
        {"\"manifest\": \"part-00001.jsonl.zst\"", "\"manifest\": \"part-00002.jsonl.zst\""},
        {"\"00abcdef\"", "\"00ABCDEF\""},
        {"\"superseded\": [", "\"superseded\": [1, "},
        {"\"totals\"", "\"sums\""},
        {"\"part_size\"", "\"size\""},
    };
    for (const Case& c : cases) {
        std::string document = to_document(some_record());
        ASSERT_NE(document.find(c.from), std::string::npos) << c.from;
        document.replace(document.find(c.from), c.from.size(), c.to);
        const Result<SetRecord> back = parse_record(with_digest(document), "r");
        ASSERT_FALSE(back) << c.to;
        EXPECT_EQ(back.error().code, Code::corrupt) << c.to;
    }
}

TEST(SetRecord, ListsAtMostAHundredThousandNotes) {
    SetRecord record = some_record();
    record.skipped.assign(100'001, {"p", "r", ""});
    record.skipped_count = 100'001;
    const SetRecord back = parse_record(to_document(record), "r").value();
    EXPECT_EQ(back.skipped.size(), 100'000U);
    EXPECT_EQ(back.skipped_count, 100'001U);
}

TEST(Differences, AreSaidInWords) {
    SetOptions there, here;
    EXPECT_TRUE(differences(there, here).empty());
    here.part_size = 64'000'000;
    here.filters = {"include *.jpg", "exclude *.png"};
    here.max_size = 5;
    there.symlinks = "follow";
    EXPECT_THAT(differences(there, here),
                testing::ElementsAre("--part-size 20GB there, 64MB asked now",
                                     "--symlinks follow there, store asked now",
                                     "filters not given there, [include *.jpg, exclude *.png] asked now",
                                     "--max-size not given there, 5 asked now"));
    struct Case {
        const char* what;
        void (*change)(SetOptions&);
    };
    const Case cases[] = {
        {"--part-size 20GB there, 1 asked now", [](SetOptions& o) { o.part_size = 1; }},
        {"--digest xxh128 there, md5 asked now", [](SetOptions& o) { o.digest = "md5"; }},
        {"--folders empty there, all", [](SetOptions& o) { o.folders = "all"; }},
        {"--min-size 0 there, 1 asked now", [](SetOptions& o) { o.min_size = 1; }},
        {"--newer not given there, 2000-01-01T00:00:00.000Z asked now",
         [](SetOptions& o) { o.newer_ns = 946'684'800'000'000'000; }},
        {"--files-from, a list of digest not given there, x asked now",
         [](SetOptions& o) { o.files_from_digest = "x"; }},
    };
    for (const Case& c : cases) {
        SetOptions changed;
        c.change(changed);
        const auto found = differences(SetOptions(), changed);
        ASSERT_EQ(found.size(), 1U) << c.what;
        EXPECT_THAT(found[0], testing::HasSubstr(c.what));
    }
}

TEST(Names, CarryTheirNumbers) {
    EXPECT_EQ(file_name(1), "haul-00001.json");
    EXPECT_EQ(part_name(123456), "part-123456.zip");
    EXPECT_EQ(manifest_name(7), "part-00007.jsonl.zst");
    EXPECT_EQ(generation_of("haul-00012.json"), 12U);
    EXPECT_EQ(part_number("part-123456.zip"), 123456U);
    for (const char* name :
         {"part-00000.zip", "part-1.zip", "part-000001.zip", "part-00001.zip.tmp", "part-+0001.zip",
          "part-.zip", "Part-00001.zip", "part-00001", "part-99999999999.zip", "x/part-00001.zip"}) {
        EXPECT_FALSE(part_number(name)) << name;
    }
}

}  // namespace
}  // namespace haul::format
