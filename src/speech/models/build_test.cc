#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <thread>

#include "base/file.h"
#include "base/test_folder.h"
#include "speech/models/models.h"

namespace haul::speech {
namespace {

namespace fs = std::filesystem;

// Builders of this test in the place of ours: no network is asked.
class Build : public ::testing::Test {
  protected:
    void write(const std::string& name, const std::string& text) {
        ASSERT_TRUE(file::make_folders(AT_FDCWD, space_.path("builders")));
        ASSERT_TRUE(file::write_durably(AT_FDCWD, space_.path("builders/" + name), text, false));
    }
    void recipe(const std::string& script, const std::string& packages) {
        write("silero_vad.py", script);
        write("silero_vad.txt", packages);
    }
    Error failed(const std::stop_token& stop = {}) {
        const auto built = build(folder_, "activity", space_.path("builders"), stop);
        EXPECT_FALSE(built);
        EXPECT_EQ(left(), (std::set<std::string>{".lock"}));
        EXPECT_TRUE(built || !built.error().message().empty());
        return built ? Error{} : built.error();
    }
    std::set<std::string> left() const {
        std::set<std::string> names;
        std::error_code none;
        for (const auto& entry : fs::directory_iterator(folder_, none)) names.insert(entry.path().filename());
        return names;
    }

    test::Folder space_;
    std::string folder_ = space_.path("models");
    // pip accepts options in its list of packages.
    std::string offline_ = "--no-index\n--find-links " + space_.path() + "\n";
};

TEST_F(Build, WhatIsNotInTheCatalogueIsNotBuilt) {
    const auto built = build(folder_, "nothing", space_.path("builders"), {});
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().code, Code::not_found);
    EXPECT_THAT(built.error().remedy, ::testing::HasSubstr("whisper-base-language"));
}

TEST_F(Build, ItsRecipeMustBeThere) {
    const auto built = build(folder_, "activity", space_.path("builders"), {});
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().code, Code::not_found);
}

TEST_F(Build, WithoutANetworkNothingIsKept) {
    recipe("", "--index-url http://127.0.0.1:9/\nthing==1 --hash=sha256:" + std::string(64, '0') + "\n");
    const Error error = failed();
    EXPECT_EQ(error.code, Code::unavailable);
    EXPECT_EQ(error.retry, Retry::later);
    EXPECT_FALSE(error.remedy.empty());
}

TEST_F(Build, APackageOfAnotherHashIsNotRun) {
    ASSERT_TRUE(file::write_durably(AT_FDCWD, space_.path("thing-1-py3-none-any.whl"), "changed", true));
    recipe("", offline_ + "thing==1 --hash=sha256:" + std::string(64, '0') + "\n");
    EXPECT_EQ(failed().code, Code::corrupt);
}

TEST_F(Build, WhatComesOutMustBeWhatIsPinned) {
    recipe("import sys\nopen(sys.argv[1], 'w').write('something')\n", offline_);
    const Error error = failed();
    EXPECT_EQ(error.code, Code::corrupt);
    EXPECT_THAT(error.detail, ::testing::HasSubstr("7776b81ad1b0350c"));
}

TEST_F(Build, AFullDiskIsSaid) {
    recipe("raise OSError(28, 'No space left on device')\n", offline_);
    EXPECT_EQ(failed().code, Code::no_space);
}

TEST_F(Build, ABuilderThatFailsSaysWhy) {
    recipe("raise ValueError('the weights are odd')\n", offline_);
    EXPECT_THAT(failed().message(), ::testing::HasSubstr("the weights are odd"));
}

TEST_F(Build, ItEndsWhenItIsStopped) {
    recipe("import sys, time\nopen(sys.argv[1] + '.begun', 'w')\ntime.sleep(600)\n", offline_);
    std::stop_source stop;
    std::jthread stopper([&] {
        const auto begun = [&] {
            for (const std::string& name : left())
                if (fs::exists(folder_ + "/" + name + "/made.onnx.begun")) return true;
            return false;
        };
        while (!begun()) std::this_thread::yield();
        stop.request_stop();
    });
    EXPECT_EQ(failed(stop.get_token()).code, Code::interrupted);
}

}  // namespace
}  // namespace haul::speech
