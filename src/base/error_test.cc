#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/result.h"

namespace haul {
namespace {

TEST(Error, CodesFromErrno) {
    const std::pair<int, Code> rows[] = {
        {ENOENT, Code::not_found},
        {ENOTDIR, Code::not_found},
        {EEXIST, Code::exists},
        {ENOTEMPTY, Code::exists},
        {EACCES, Code::denied},
        {EPERM, Code::denied},
        {EROFS, Code::denied},
        {ENOSPC, Code::no_space},
        {EDQUOT, Code::no_space},
        {ETIMEDOUT, Code::timed_out},
        {EOPNOTSUPP, Code::unsupported},
        {EIO, Code::io},
        {EINTR, Code::io},
    };
    for (const auto& [number, code] : rows) {
        const Error error = os_error(number, "open", "file");
        EXPECT_EQ(error.code, code) << number;
        EXPECT_EQ(error.os_error, number);
        EXPECT_FALSE(error.detail.empty());
    }
}

TEST(Error, NamesComeBack) {
    for (int i = 0; i <= static_cast<int>(Code::io); ++i) {
        const Code code = static_cast<Code>(i);
        EXPECT_EQ(code_named(name_of(code)), code) << i;
        EXPECT_TRUE(code == Code::internal || name_of(code) != "internal") << i;
    }
    EXPECT_EQ(code_named("nonsense"), std::nullopt);
    EXPECT_EQ(name_of(Retry::after_credentials), "after_credentials");
}

TEST(Error, MessageIsOneLine) {
    EXPECT_EQ(os_error(ENOENT, "open", "a\nb").message(), "open a\\nb: No such file or directory");
    EXPECT_EQ(make_error(Code::busy, "", "", "").message(), "busy");
    EXPECT_EQ(make_error(Code::busy, "lock", "x", "").message(), "lock x");
    EXPECT_EQ(make_error(Code::busy, "", "", "held").message(), "held");
}

TEST(Error, WithinKeepsCodeRemedyAndCause) {
    Error error =
        os_error(ENOSPC, "write", "part.tmp").with_remedy("free some space").within("publish", "part 3");
    EXPECT_EQ(error.code, Code::no_space);
    EXPECT_EQ(error.remedy, "free some space");
    EXPECT_EQ(error.os_error, ENOSPC);
    EXPECT_EQ(error.message(), "publish part 3: write part.tmp: No space left on device");
    error = std::move(error).within("pack", "photos");
    EXPECT_EQ(error.root().operation, "write");
    EXPECT_EQ(error.message(), "pack photos: publish part 3: write part.tmp: No space left on device");
}

TEST(Error, WithinKeepsWhatBecameOfTheWork) {
    Error error = make_error(Code::io, "ask", "child", "it ended");
    error.kept = "3 bytes";
    error.at_risk = "the last copy";
    error.state = "leased";
    error.next = "tried again";
    error.child_died = true;
    const Error wider = std::move(error).within("listen to", "file").with_cleaned("its temporary");
    EXPECT_EQ(wider.kept, "");
    EXPECT_EQ(wider.cleaned, "its temporary");
    EXPECT_EQ(wider.at_risk, "the last copy");
    EXPECT_EQ(wider.state, "leased");
    EXPECT_EQ(wider.next, "tried again");
    EXPECT_TRUE(wider.child_died);
}

TEST(Error, TransientOnesAreRetriedLater) {
    EXPECT_EQ(make_error(Code::unavailable, "", "", "").retry, Retry::later);
    EXPECT_EQ(make_error(Code::timed_out, "", "", "").retry, Retry::later);
    EXPECT_EQ(make_error(Code::denied, "", "", "").retry, Retry::never);
}

Result<std::string> half(int number) {
    if (number % 2 != 0) return failure(Code::usage, "halve", std::to_string(number), "it is odd");
    return std::to_string(number / 2);
}

Result<std::string> quarter(int number) {
    const std::string once = TRY(half(number));
    return TRY(half(std::stoi(once)));
}

TEST(Result, TryReturnsTheErrorOrYieldsTheValue) {
    EXPECT_EQ(quarter(12).value(), "3");
    EXPECT_EQ(quarter(6).error().message(), "halve 3: it is odd");
    EXPECT_EQ(quarter(5).error().message(), "halve 5: it is odd");
}

}  // namespace
}  // namespace haul
