// From words to requests: defaults, checks, names, times, stored words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/digest.h"
#include "cli/pack_options.h"
#include "cli/places.h"
#include "cli/unpack_options.h"
#include "cli/when.h"

namespace haul::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

class Requests : public testing::Test {
  protected:
    Requests() {
        std::string made = (fs::temp_directory_path() / "haul-request-XXXXXX").string();
        EXPECT_NE(::mkdtemp(made.data()), nullptr);
        folder_ = fs::canonical(made).string();
        fs::create_directories(folder_ + "/in/photos");
        fs::create_directories(folder_ + "/out");
        fs::create_directories(folder_ + "/state");
    }
    ~Requests() override { fs::remove_all(folder_); }

    [[nodiscard]] std::string at(const std::string& name) const { return folder_ + "/" + name; }

    Result<pack::Request> pack(const Words& words) const {
        PackOptions options;
        Arguments arguments("pack", "", "");
        declare_shape(arguments, options);
        declare_work(arguments, options);
        TRY(arguments.parse(words));
        return request_of(options, at("state"));
    }
    Result<unpack::Request> unpack(const Words& words) const {
        UnpackOptions options;
        Arguments arguments("unpack", "", "");
        declare(arguments, options);
        TRY(arguments.parse(words));
        return request_of(options, at("state"));
    }
    void write(const std::string& name, const std::string& contents) const {
        std::ofstream(at(name)) << contents;
    }

    std::string folder_;
};

TEST_F(Requests, PackDefaultsAreTheDesigns) {
    const auto request = pack({at("in/photos"), at("out")});
    ASSERT_TRUE(request) << request.error().message();
    EXPECT_EQ(request->source.canonical(), at("in/photos"));
    EXPECT_EQ(request->destination.canonical(), at("out"));
    EXPECT_EQ(request->name, "photos");
    EXPECT_EQ(request->options, format::SetOptions{});
    EXPECT_EQ(request->memory, 512U << 20U);
    EXPECT_EQ(request->jobs, 2U);
    EXPECT_FALSE(request->verify_full);
    EXPECT_FALSE(request->has_files_from);
    EXPECT_EQ(request->claim_timeout, std::chrono::minutes(15));
    EXPECT_EQ(request->max_outage, std::chrono::hours(6));
    EXPECT_EQ(request->state_folder, at("state"));
}

TEST_F(Requests, ServiceOptionsAreNoPartOfTheJob) {
    const Words plain = {at("in/photos"), at("out")};
    Words told = plain;
    for (const char* word : {"--connections=3", "--storage-class=STANDARD_IA", "--sse=aws:kms",
                             "--sse-key=alias/k", "--request-payer", "--take-over"})
        told.emplace_back(word);
    const auto one = pack(plain), other = pack(told);
    ASSERT_TRUE(one && other);
    EXPECT_EQ(other->service.connections, 3U);
    EXPECT_EQ(other->service.storage_class, "STANDARD_IA");
    EXPECT_EQ(other->service.sse, "aws:kms");
    EXPECT_EQ(other->service.sse_key, "alias/k");
    EXPECT_TRUE(other->service.request_payer);
    EXPECT_TRUE(other->service.sole_writer);
    EXPECT_FALSE(one->service.sole_writer);
    EXPECT_EQ(other->service.knowledge_folder, at("state/endpoints"));
    EXPECT_EQ(job::id_of(*job_request_of(*one, plain)), job::id_of(*job_request_of(*other, told)));
}

TEST_F(Requests, PackTakesEveryOption) {
    const auto request = pack({at("in/photos"),
                               at("out"),
                               "--name",
                               "n",
                               "--part-size",
                               "4GB",
                               "--exclude",
                               "*.tmp",
                               "--include",
                               "*.jpg",
                               "--min-size",
                               "1KiB",
                               "--max-size",
                               "1GB",
                               "--newer",
                               "2026-11-22",
                               "--digest",
                               "sha256",
                               "--symlinks",
                               "follow",
                               "--folders",
                               "all",
                               "--memory",
                               "64MiB",
                               "--jobs",
                               "4",
                               "--verify=full",
                               "--claim-timeout",
                               "2s",
                               "--max-outage",
                               "3s"});
    ASSERT_TRUE(request) << request.error().message();
    EXPECT_EQ(request->name, "n");
    EXPECT_EQ(request->options.part_size, 4'000'000'000U);
    EXPECT_THAT(request->options.filters, ElementsAre("exclude *.tmp", "include *.jpg"));
    EXPECT_EQ(request->options.min_size, 1024U);
    EXPECT_EQ(request->options.max_size, 1'000'000'000U);
    EXPECT_EQ(request->options.newer_ns, 1'795'305'600'000'000'000);
    EXPECT_EQ(request->options.digest, "sha256");
    EXPECT_EQ(request->options.symlinks, "follow");
    EXPECT_EQ(request->options.folders, "all");
    EXPECT_EQ(request->memory, 64U << 20U);
    EXPECT_EQ(request->jobs, 4U);
    EXPECT_TRUE(request->verify_full);
    EXPECT_EQ(request->claim_timeout, std::chrono::seconds(2));
    EXPECT_EQ(request->max_outage, std::chrono::seconds(3));
}

TEST_F(Requests, WrongPackRequestsAreUsageErrors) {
    fs::create_symlink(at("in/photos"), at("out/link"));
    fs::create_symlink(at("in/photos"), at("out/other"));
    const std::string in = at("in/photos"), out = at("out");
    struct Row {
        Words words;
        const char* says;
    };
    const std::vector<Row> rows = {
        {{in, at("in/photos/out")}, "lies inside the source"},
        {{in, in}, "lies inside the source"},
        {{in, at("in")}, "lies inside the destination"},
        {{in, at("out/link")}, "lies inside the source"},
        {{in, out, "--name", "other"}, "lies inside the source"},
        {{in, at("state/x")}, "state folder"},
        {{"/", out}, "lies inside the source"},
        {{in, out, "--name", "a/b"}, "not one plain name"},
        {{in, out, "--name", ".."}, "not one plain name"},
        {{in, out, "--name", ".haul"}, "not one plain name"},
        {{in, out, "--name", ""}, "not one plain name"},
        {{in, out, "--name", std::string(256, 'x')}, "not one plain name"},
        {{in, out, "--include", "[a"}, "--include"},
        {{in, out, "--min-size", "2KB", "--max-size", "1KB"}, "--max-size is below"},
        {{in, out, "--newer", "yesterday"}, "--newer: 'yesterday'"},
        {{in, out, "--newer", "2026-02-30"}, "--newer: '2026-02-30'"},
        {{in, out, "--claim-timeout", "0s"}, "--claim-timeout"},
        {{in, out, "--digest", "crc"}, "--digest: 'crc'"},
        {{in, out, "--memory", "1MiB"}, "--memory"},
        {{"nowhere://x", out}, "nowhere"},
    };
    for (const Row& row : rows) {
        const auto request = pack(row.words);
        ASSERT_FALSE(request) << row.says;
        EXPECT_EQ(request.error().code, Code::usage) << request.error().message();
        EXPECT_THAT(request.error().message(), HasSubstr(row.says));
    }
}

TEST_F(Requests, FilesFromTakesLinesOrNulEndedNames) {
    struct Row {
        std::string contents;
        Words names;
    };
    const std::vector<Row> rows = {
        {"a\nb/c\n", {"a", "b/c"}},
        {"./a\n\n.//b", {"a", "/b"}},
        {std::string("a\nb\0c\0", 6), {"a\nb", "c"}},
        {"", {}},
        {"x y \n", {"x y "}},
    };
    for (const Row& row : rows) {
        write("list", row.contents);
        const auto request = pack({at("in/photos"), at("out"), "--files-from", at("list")});
        if (row.contents.find(".//") != std::string::npos) {
            EXPECT_FALSE(request) << "an absolute name";
            continue;
        }
        ASSERT_TRUE(request) << request.error().message();
        EXPECT_TRUE(request->has_files_from);
        EXPECT_EQ(request->files_from, row.names);
        EXPECT_EQ(request->options.files_from_digest, "sha256:" + digest::sha256_hex(row.contents));
    }
    const auto missing = pack({at("in/photos"), at("out"), "--files-from", at("missing")});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Code::not_found);
}

TEST_F(Requests, UnpackDefaultsAndOptions) {
    const auto plain = unpack({at("in/photos"), at("out")});
    ASSERT_TRUE(plain) << plain.error().message();
    EXPECT_EQ(plain->if_exists, unpack::IfExists::same);
    EXPECT_FALSE(plain->symlinks_inside || plain->owner || plain->rename_unfit || plain->dry_run);
    EXPECT_EQ(plain->max_ratio, 200U);
    const auto all = unpack({at("in/photos"), at("out"), "--if-exists=newer", "--symlinks=inside", "--owner",
                             "--rename-unfit", "--max-ratio", "9", "--include", "a/**", "--jobs=3", "-n"});
    ASSERT_TRUE(all) << all.error().message();
    EXPECT_EQ(all->if_exists, unpack::IfExists::newer);
    EXPECT_TRUE(all->symlinks_inside && all->owner && all->rename_unfit && all->dry_run);
    EXPECT_EQ(all->max_ratio, 9U);
    EXPECT_EQ(all->include, "a/**");
    EXPECT_EQ(all->jobs, 3U);
    EXPECT_FALSE(unpack({at("in/photos"), at("in/photos/x")}));
    EXPECT_FALSE(unpack({at("in/photos"), at("state/x")}));
    EXPECT_FALSE(unpack({at("in/photos"), at("out"), "--if-exists=maybe"}));
}

TEST_F(Requests, APassingStateLeavesNothing) {
    std::string folder;
    {
        auto state = PassingState::make();
        ASSERT_TRUE(state);
        folder = state->folder();
        fs::create_directories(folder + "/jobs/x");
    }
    EXPECT_FALSE(fs::exists(folder));
}

TEST(When, DurationsAndDates) {
    constexpr std::chrono::nanoseconds kNow(1'700'000'000'123'456'789);
    struct Row {
        const char* text;
        std::int64_t ns;
    };
    const std::vector<Row> rows = {
        {"1h", 1'699'996'400'123'000'000},
        {"7d", 1'699'395'200'123'000'000},
        {"1970-01-02", 86'400'000'000'000},
        {"2023-11-14T22:13:20Z", 1'700'000'000'000'000'000},
        {"2023-11-14T22:13:20", 1'700'000'000'000'000'000},
        {"2023-11-14T22:13:20.123Z", 1'700'000'000'123'000'000},
        {"2023-11-14T22:13:20.123456789Z", 1'700'000'000'123'456'789},
        {"1960-01-01", -315'619'200'000'000'000},
    };
    for (const Row& row : rows) {
        const auto when = parse_when(row.text, kNow);
        ASSERT_TRUE(when) << row.text;
        EXPECT_EQ(*when, row.ns) << row.text;
    }
    for (const char* text :
         {"", "7", "2023", "2023-13-01", "2023-11-14T", "2023-11-14T22:13:20.Z", "2023-11-14 22:13",
          "2023-11-14T22:13:20.1234567890Z", "2023-11-14Zx", "9999-01-01", "soon"}) {
        EXPECT_FALSE(parse_when(text, kNow)) << text;
    }
}

TEST(When, StoredWordsAskForTheSameTomorrow) {
    const std::int64_t then = 1'700'000'000'123'000'000;
    const std::string fixed = "2023-11-14T22:13:20.123Z";
    EXPECT_THAT(with_fixed_newer({"pack", "--newer", "7d", "a"}, then),
                ElementsAre("pack", "--newer", fixed, "a"));
    EXPECT_THAT(with_fixed_newer({"pack", "--newer=12h"}, then), ElementsAre("pack", "--newer=" + fixed));
    EXPECT_THAT(with_fixed_newer({"pack", "--newer", "2023-01-01"}, then),
                ElementsAre("pack", "--newer", "2023-01-01"));
    EXPECT_THAT(with_fixed_newer({"pack", "--", "--newer", "7d"}, then),
                ElementsAre("pack", "--", "--newer", "7d"));
    EXPECT_EQ(parse_when(fixed, {}).value(), then);
}

}  // namespace
}  // namespace haul::cli
