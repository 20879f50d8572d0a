#include "flow/collect/source/files/copy.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/test_folder.h"
#include "flow/collect/source/source_harness.h"

namespace haul::collect {
namespace {

namespace fs = std::filesystem;

class Copy : public ::testing::Test {
  protected:
    [[nodiscard]] Result<Fetched> copy() const {
        FetchTo to;
        to.path = folder_.path("to");
        return copy_file(from_, to, {});
    }
    // Of the item alone: whatever is of this machine makes everybody wait.
    void expect_of_item(const Error& error, const std::string& detail) const {
        EXPECT_EQ(error.code, Code::io) << error.message();
        EXPECT_EQ(error.root().os_error, 0) << error.message();
        EXPECT_EQ(error.subject, from_);
        EXPECT_EQ(error.detail, detail);
        EXPECT_FALSE(error.remedy.empty());
    }
    [[nodiscard]] Error described() const {
        const test::Asking asking({.kind = "files", .path = folder_.path()});
        Candidate candidate;
        candidate.media = from_;
        auto found = asking.source->describe(candidate, {});
        return found ? Error() : found.error();
    }

    haul::test::Folder folder_;
    std::string from_ = folder_.path("from.wav");
};

TEST_F(Copy, IsTheFile) {
    std::ofstream(from_) << "sound";
    const auto fetched = copy();
    ASSERT_TRUE(fetched) << fetched.error().message();
    EXPECT_EQ(fetched->bytes, 5U);
    EXPECT_EQ(fetched->extension, "wav");
    EXPECT_EQ(file::read_whole(folder_.path("to"), 100).value(), "sound");
}

TEST_F(Copy, WhatIsGoneIsTroubleOfTheItem) {
    expect_of_item(copy().error(), "No such file or directory");
    expect_of_item(described(), "No such file or directory");
}

TEST_F(Copy, LinksThatLeadNowhereAreTroubleOfTheItem) {
    fs::create_symlink("from.wav", from_);
    expect_of_item(copy().error(), "Too many levels of symbolic links");
    expect_of_item(described(), "Too many levels of symbolic links");
    fs::remove(from_);
    fs::create_symlink(std::string(300, 'x'), from_);
    expect_of_item(copy().error(), "File name too long");
}

TEST_F(Copy, WhatIsNoFileIsTroubleOfTheItem) {
    fs::create_directory(from_);
    expect_of_item(copy().error(), "it is no file any more");
    fs::remove(from_);
    ASSERT_EQ(::mkfifo(from_.c_str(), 0600), 0);
    expect_of_item(copy().error(), "it is no file any more");
    fs::remove(from_);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_GE(fd, 0);
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    from_.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    ASSERT_EQ(::bind(fd, reinterpret_cast<const ::sockaddr*>(&address), sizeof(address)), 0);
    ::close(fd);
    expect_of_item(copy().error(), "No such device or address");
}

TEST_F(Copy, WhatMayNotBeReadIsTroubleOfTheItem) {
    const Error error = of_file(os_error(EACCES, "open", from_), from_);
    expect_of_item(error, "Permission denied");
    const Error changed = make_error(Code::changed, "read", from_, "it is shorter than it was");
    EXPECT_EQ(of_file(changed, from_).code, Code::changed);
}

TEST_F(Copy, WhereNothingCanBeWrittenIsNoTroubleOfTheItem) {
    std::ofstream(from_) << "sound";
    FetchTo to;
    to.path = folder_.path("no/such/folder");
    const Error error = copy_file(from_, to, {}).error();
    EXPECT_NE(error.root().os_error, 0);
    EXPECT_EQ(error.code, Code::not_found);
}

}  // namespace
}  // namespace haul::collect
