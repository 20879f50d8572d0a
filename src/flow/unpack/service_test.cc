// Unpacking to a service, unit by unit: what becomes of names, attributes, folders, symlinks, large members,
// and of what a killed run left.
#include <gtest/gtest.h>

#include "flow/set/set_harness.h"
#include "flow/unpack/units.h"
#include "flow/unpack/uploads.h"
#include "flow/unpack/work_harness.h"
#include "zip/names.h"

namespace haul::unpack {
namespace {

constexpr auto kFolder = zip::Kind::folder;
constexpr auto kSymlink = zip::Kind::symlink;
constexpr std::uint64_t kPiece = 1U << 16U;

store::memory::MemoryOptions strict() {
    store::memory::MemoryOptions options;
    options.strict = true;
    options.min_piece = kPiece;
    options.max_pieces = 20;
    return options;
}

class ServiceTest : public harness::UnpackTest {
  protected:
    explicit ServiceTest(const store::memory::MemoryOptions& source = {}) : UnpackTest(strict(), source) {
        lease_.key = "unit";
    }
    std::string outcome_of(const Result<ledger::Outcome>& outcome) {
        if (!outcome) return outcome.error().message();
        std::string text;
        for (const ledger::Fact& fact : outcome->facts)
            text += fact.kind == kTotalFact ? *fact.value : fact.key + " failed, ";
        return text;
    }
    std::string run() {
        const Scope all = scope();
        const auto index = all.indexes.get(archives_, 0, {}, {}).value();
        lease_.payload = run_unit({0, 0, index->count()}).payload;
        engine::Context context = this->context();
        return outcome_of(handle_run(work(), context));
    }
    std::string close() {
        engine::Context context = this->context();
        return outcome_of(handle_close(work(), context));
    }
    // All keys but those of the claim, folders with their slash.
    std::string keys() {
        std::string keys;
        const std::vector<store::Object> objects = store::list_folder(destination_, "").value();
        for (const store::Object& object : objects) {
            if (object.name.starts_with(".haul")) continue;
            keys += (keys.empty() ? "" : " ") + object.name + (object.kind == store::Kind::folder ? "/" : "");
        }
        return keys;
    }
    std::uint64_t own_keys(const std::string& folder) {
        return store::list_folder(destination_, folder).value().size();
    }
    void small_shares() { work().shares.small = 1000; }
};

TEST_F(ServiceTest, OnlyFoldersThatAreEmptyBecomeKeys) {
    add_archive("a.zip", harness::zip_of({{"a", {}, kFolder},
                                          {"a/empty", {}, kFolder},
                                          {"b", {}, kFolder},
                                          {"b/c/file", "f"},
                                          {"d", {}, kFolder}}));
    EXPECT_EQ(run(), R"({"files":1,"folders":0,"symlinks":0,"bytes":1})");
    EXPECT_EQ(close(), R"({"files":0,"folders":4,"symlinks":0,"bytes":0})");
    EXPECT_EQ(keys(), "a/empty/ b/c/file d/");
}

TEST_F(ServiceTest, SymlinksFailByName) {
    add_archive("a.zip", harness::zip_of({{"link", "target", kSymlink}}));
    EXPECT_EQ(close(), R"(link failed, {"files":0,"folders":0,"symlinks":0,"bytes":0})");
    EXPECT_EQ(keys(), "");
}

TEST_F(ServiceTest, AFolderIsInNoFilesWay) {
    add_archive("a.zip", harness::zip_of({{"a", "a file"}}));
    put("a/b", "of somebody");
    work().meets_existing = true;  // so that it looks first
    EXPECT_EQ(run(), R"({"files":1,"folders":0,"symlinks":0,"bytes":6})");
    EXPECT_EQ(keys(), "a a/b");
}

TEST_F(ServiceTest, EqualObjectsAreDoneWithoutReading) {
    add_archive("a.zip", harness::zip_of({{"a", "1"}, {"b", "2"}, {"c", "3"}}));
    put("a", "1");
    put("b", "x");
    EXPECT_EQ(run(), R"(b failed, {"files":2,"folders":0,"symlinks":0,"bytes":2})");
    EXPECT_EQ(run(), R"(b failed, {"files":2,"folders":0,"symlinks":0,"bytes":2})");
    EXPECT_EQ(counters_->bytes_read, 0U);
}

TEST_F(ServiceTest, LargeMembersGoInPiecesOfOneSize) {
    std::string contents;
    for (std::uint64_t i = 0; i < 7 * kPiece + 13; ++i) contents += static_cast<char>(i * i >> 7U);
    add_archive("a.zip", harness::zip_of({{"a", "small"}, {"large", contents}, {"z", "small"}}));
    small_shares();
    work().shares.memory = 0;  // least pieces: as large as the service asks for
    EXPECT_EQ(run(), R"({"files":3,"folders":0,"symlinks":0,"bytes":458775})");
    EXPECT_EQ(content("large"), contents);
    EXPECT_EQ(counters_->pieces_put, 8U);
    EXPECT_EQ(own_keys(kUploadFolder), 0U) << "its note is gone";
}

TEST_F(ServiceTest, PiecesGrowWithTheMember) {
    const std::string contents(30 * kPiece, 'x');
    add_archive("a.zip", harness::zip_of({{"large", contents}}));
    small_shares();
    work().shares.memory = 0;
    EXPECT_EQ(run(), R"({"files":1,"folders":0,"symlinks":0,"bytes":1966080})");
    EXPECT_EQ(counters_->pieces_put, 2U) << "whole MiB, since 20 of the least would not do";
}

TEST_F(ServiceTest, DamagedLargeMembersLeaveNothing) {
    std::string zip = harness::zip_of({{"large", std::string(3 * kPiece, 'x')}});
    zip[kPiece] = 'y';
    add_archive("a.zip", zip);
    small_shares();
    EXPECT_EQ(run(), R"(large failed, {"files":0,"folders":0,"symlinks":0,"bytes":0})");
    EXPECT_EQ(keys(), "");
    EXPECT_EQ(own_keys(kUploadFolder), 0U);
    EXPECT_TRUE(destination_.uploads_of("large").value().empty());
}

TEST_F(ServiceTest, UploadsOfAKilledRunAreEnded) {
    const UploadNote known = UploadNote::begin(work(), 1, "known").value();
    const UploadNote unknown = UploadNote::begin(work(), 2, "unknown").value();
    const UploadNote finished = UploadNote::begin(work(), 3, "finished").value();
    ASSERT_TRUE(UploadNote::begin(work(), 4, "never begun"));
    for (const char* name : {"known", "unknown", "of somebody"}) {
        store::UploadRequest request;
        request.name = name;
        const auto upload = destination_.open_upload(request).value();
        if (name == std::string("known")) {
            ASSERT_TRUE(known.begun(upload->id()));
        }
    }
    ASSERT_TRUE(finished.begun("upload-99"));
    ASSERT_TRUE(end_noted_uploads(destination_, work().claim, {}));
    for (const char* name : {"known", "unknown"})
        EXPECT_TRUE(destination_.uploads_of(name).value().empty()) << name;
    EXPECT_EQ(destination_.uploads_of("of somebody").value().size(), 1U);
    EXPECT_EQ(own_keys(kUploadFolder), 0U);
}

class FromServiceTest : public ServiceTest {
  protected:
    FromServiceTest() : ServiceTest(strict()) {}
};

TEST_F(FromServiceTest, BatchesAreReadAhead) {
    std::vector<harness::File> files;
    for (int i = 0; i < 50; ++i)
        files.push_back({"f" + std::to_string(100 + i), std::string(50U + static_cast<unsigned>(i), 'a')});
    files.push_back({"large", std::string(5000, 'l')});
    for (int i = 50; i < 99; ++i) files.push_back({"f" + std::to_string(100 + i), "short"});
    add_archive("a.zip", harness::zip_of(files));
    work().shares.small = 1000;
    work().shares.batch = 600;
    ASSERT_EQ(work().shares.batches, 2U);
    EXPECT_EQ(run(), R"({"files":100,"folders":0,"symlinks":0,"bytes":8970})");
    for (const harness::File& file : files) EXPECT_EQ(content(file.path), file.contents) << file.path;
    EXPECT_GT(counters_->write_calls, 10U);
}

// What a service's set may hold, and no folder can.
class OddSetTest : public ServiceTest {
  protected:
    void pack_odd(const std::string& source) {
        set_.add_folder_line(".");
        for (const char* path : {"../up", "/lead", "a//b", "plain"}) {
            set_.add_file(path, path);
            set_.members.back().zip_name = zip::archive_name(path, false);
        }
        set_.members.back().meta = {{"content-type", "text/plain"}, {"colour", "red"}};
        set_.add_folder_line("plain-folder");
        set_.add_file("plain-folder/f", "f");
        set_.publish();
        set_.record.source = source;
        set_.put_records();
        auto store = std::make_unique<store::memory::MemoryStore>(set_.store.place(), 1000);
        archives_ = archives_in(std::move(store), store::parse_address("s3://bucket/set").value()).value();
    }
    set::harness::PackedSet set_;
};

TEST_F(OddSetTest, ComesBackWithItsKeysAndMetadata) {
    pack_odd("s3://bucket/prefix");
    EXPECT_EQ(run(), R"({"files":5,"folders":0,"symlinks":0,"bytes":20})");
    EXPECT_EQ(close(), R"({"files":0,"folders":0,"symlinks":0,"bytes":0})");
    EXPECT_EQ(keys(), "../up /lead a//b plain plain-folder/ plain-folder/f");
    for (const char* name : {"../up", "/lead", "a//b", "plain"}) EXPECT_EQ(content(name), name);
    const store::Attributes kept = destination_.stat({"plain"}).value().object.attributes;
    EXPECT_EQ(kept.content_type, "text/plain");
    EXPECT_EQ(kept.metadata, (std::map<std::string, std::string>{{"colour", "red"}}));
}

TEST_F(OddSetTest, FoldersOfAFolderNeedNoKeys) {
    pack_odd("/folder");
    EXPECT_EQ(close(), R"({"files":0,"folders":0,"symlinks":0,"bytes":0})");
    EXPECT_EQ(keys(), "");
}

TEST_F(FromServiceTest, ADamagedBatchHarmsNoOther) {
    std::string zip = harness::zip_of({{"a", "aaaa"}, {"b", "bbbb"}, {"c", "cccc"}});
    zip.replace(zip.find("bbbb"), 4, "BBBB");
    add_archive("a.zip", zip);
    work().shares.batch = 1;  // one member each
    EXPECT_EQ(run(), R"(b failed, {"files":2,"folders":0,"symlinks":0,"bytes":8})");
    EXPECT_EQ(keys(), "a c");
}

}  // namespace
}  // namespace haul::unpack
