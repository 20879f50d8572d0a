#include "store/address.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "store/open_store.h"

namespace haul::store {
namespace {

namespace fs = std::filesystem;

struct Row {
    std::string text;
    Scheme scheme;
    std::string canonical, last_element;
};

TEST(Address, ReadsEveryForm) {
    const std::string here = fs::weakly_canonical(fs::current_path()).string();
    const std::string below = here == "/" ? here : here + "/";
    const std::vector<Row> rows = {
        {"/", Scheme::local, "/", ""},
        {"/nowhere/x/", Scheme::local, "/nowhere/x", "x"},
        {"/nowhere//x/./y/../z", Scheme::local, "/nowhere/x/z", "z"},
        {"nowhere/x", Scheme::local, below + "nowhere/x", "x"},
        {"./nowhere", Scheme::local, below + "nowhere", "nowhere"},
        {"./rclone:x", Scheme::local, below + "rclone:x", "rclone:x"},
        {"/nowhere/a://b", Scheme::local, "/nowhere/a:/b", "b"},
        {"file:///nowhere/a%20b%2Fc", Scheme::local, "/nowhere/a b/c", "c"},
        {"file://localhost/nowhere", Scheme::local, "/nowhere", "nowhere"},
        {"s3://bucket", Scheme::s3, "s3://bucket", ""},
        {"s3://bucket/a/b/", Scheme::s3, "s3://bucket/a/b", "b"},
        {"rclone:remote:a/b", Scheme::rclone, "rclone:remote:a/b", "b"},
        {"rclone:remote:", Scheme::rclone, "rclone:remote:", ""},
        {"https://host/a.zip", Scheme::http, "https://host/a.zip", "a.zip"},
        {"http://host:80/", Scheme::http, "http://host:80", ""},
    };
    for (const Row& row : rows) {
        const auto address = parse_address(row.text);
        ASSERT_TRUE(address.has_value()) << row.text << ": " << address.error().message();
        EXPECT_EQ(address->scheme, row.scheme) << row.text;
        EXPECT_EQ(address->canonical(), row.canonical) << row.text;
        EXPECT_EQ(address->last_element(), row.last_element) << row.text;
        EXPECT_EQ(address->as_given, row.text);
    }
}

TEST(Address, RefusesWhatIsNone) {
    for (const std::string text : {"", "file://otherhost/x", "file://x", "file:///a%2", "file:///a%zz",
                                   "s3://", "s3:///x", "rclone::x", "http://", "gopher://x/y"}) {
        const auto address = parse_address(text);
        ASSERT_FALSE(address.has_value()) << text;
        EXPECT_EQ(address.error().code, Code::usage) << text;
        EXPECT_FALSE(address.error().remedy.empty()) << text;
    }
    EXPECT_FALSE(parse_address(std::string_view("/a\0b", 4)).has_value());
}

TEST(Address, ReadsTheQueryOfABucket) {
    struct QueryRow {
        std::string text, authority, path, canonical;
        std::map<std::string, std::string> options;
    };
    const std::vector<QueryRow> rows = {
        {"s3://b/x?region=eu-1&path-style=true",
         "b",
         "x",
         "s3://b/x",
         {{"region", "eu-1"}, {"path-style", "true"}}},
        {"s3://b?endpoint=http://H:9000/",
         "b",
         "",
         "s3://b?endpoint=http://h:9000",
         {{"endpoint", "http://h:9000"}}},
        {"s3://b/x/?endpoint=http%3A%2F%2Fh/a%26b",
         "b",
         "x",
         "s3://b/x?endpoint=http://h/a%26b",
         {{"endpoint", "http://h/a&b"}}},
        {"s3://b/a%20+b", "b", "a%20+b", "s3://b/a%20+b", {}},
        {"s3://b/what?", "b", "what", "s3://b/what", {}},
        {"s3://b/what??", "b", "what?", "s3://b/what??", {}},
        {"s3://b/what?now", "b", "what?now", "s3://b/what?now", {}},
        {"s3://b/a?b=c?", "b", "a?b=c", "s3://b/a?b=c?", {}},
        {"s3://b/a?b=c?region=r", "b", "a?b=c", "s3://b/a?b=c?", {{"region", "r"}}},
    };
    for (const QueryRow& row : rows) {
        const auto address = parse_address(row.text);
        ASSERT_TRUE(address.has_value()) << row.text << ": " << address.error().message();
        EXPECT_EQ(address->authority, row.authority) << row.text;
        EXPECT_EQ(address->path, row.path) << row.text;
        EXPECT_EQ(address->options, row.options) << row.text;
        EXPECT_EQ(address->canonical(), row.canonical) << row.text;
        const auto again = parse_address(address->canonical());
        ASSERT_TRUE(again.has_value()) << row.text;
        EXPECT_EQ(again->canonical(), row.canonical);
        EXPECT_EQ(again->path, row.path);
    }
}

TEST(Address, RefusesBucketsThatMakeNoSense) {
    struct RefusedRow {
        std::string text, why;
    };
    for (const RefusedRow& row : std::vector<RefusedRow>{
             {"s3://b/x?colour=red", "`colour`"},
             {"s3://b/x?region=a&endpoitn=http://h", "`endpoitn`"},
             {"s3://b/x?region", "`region` has no value"},
             {"s3://b/x?region=", "`region` has no value"},
             {"s3://b/x?region=%4", "`region`"},
             {"s3://b/x?region=a&region=b", "twice"},
             {"s3://b/x?path-style=yes", "path-style"},
             {"s3://b/x?endpoint=h:9000", "endpoint"},
             {"s3://b/x?endpoint=http://", "host"},
             {"s3://b/x?endpoint=http://u:hunter2@h", "user"},
             {"s3://b/x?endpoint=http://h/%3Fhunter2", "endpoint"},
             {"s3://b//x", "empty element"},
             {"s3://b/x//", "empty element"},
             {"s3://b/x//y", "empty element"},
             {"s3://b/./y", "`.`"},
             {"s3://b/x/..", "`..`"},
             {"s3://?region=x", "no bucket"},
         }) {
        const auto address = parse_address(row.text);
        ASSERT_FALSE(address.has_value()) << row.text;
        EXPECT_EQ(address.error().code, Code::usage) << row.text;
        EXPECT_FALSE(address.error().remedy.empty()) << row.text;
        EXPECT_TRUE(address.error().message().contains(row.why)) << address.error().message();
        EXPECT_FALSE(address.error().message().contains("hunter2")) << address.error().message();
    }
    EXPECT_FALSE(parse_address(std::string_view("s3://b/a\0b", 10)).has_value());
}

TEST(Address, ContainmentIsSeenThroughSymlinks) {
    std::string pattern = (fs::temp_directory_path() / "haul-address-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    const fs::path folder = fs::canonical(pattern);
    fs::create_directories(folder / "real/in");
    fs::create_directory_symlink(folder / "real", folder / "link");
    const auto at = [&](const std::string& path) { return *parse_address((folder / path).string()); };

    EXPECT_EQ(at("link/in").path, (folder / "real/in").string());
    EXPECT_EQ(at("link/not/there/yet").path, (folder / "real/not/there/yet").string());
    EXPECT_TRUE(contains(at("real"), at("link/not/there")));
    EXPECT_TRUE(contains(at("real"), at("real")));
    EXPECT_FALSE(contains(at("real/in"), at("real")));
    EXPECT_FALSE(contains(at("real"), at("real-not")));
    EXPECT_TRUE(contains(*parse_address("/"), at("real")));
    EXPECT_TRUE(contains(*parse_address("s3://b"), *parse_address("s3://b/x")));
    EXPECT_FALSE(contains(*parse_address("s3://b/x"), *parse_address("s3://c/x")));
    EXPECT_FALSE(contains(*parse_address("/"), *parse_address("s3://b/x")));
    EXPECT_TRUE(
        contains(*parse_address("s3://b?endpoint=http://h"), *parse_address("s3://b/x?endpoint=http://H/")));
    EXPECT_FALSE(
        contains(*parse_address("s3://b?endpoint=http://h"), *parse_address("s3://b/x?endpoint=http://i")));
    EXPECT_FALSE(contains(*parse_address("s3://b?endpoint=http://h"), *parse_address("s3://b/x")));
    EXPECT_TRUE(contains(*parse_address("s3://b?region=r"), *parse_address("s3://b/x")));
    fs::remove_all(folder);
}

TEST(Address, ChildLiesBeneath) {
    EXPECT_EQ(parse_address("/nowhere")->child("a/b").canonical(), "/nowhere/a/b");
    EXPECT_EQ(parse_address("/")->child("a").canonical(), "/a");
    EXPECT_EQ(parse_address("s3://bucket")->child("a").canonical(), "s3://bucket/a");
    const Address queried = parse_address("s3://b/x?endpoint=http://h&region=r")->child("a/b");
    EXPECT_EQ(queried.canonical(), "s3://b/x/a/b?endpoint=http://h");
    EXPECT_EQ(queried.as_given, "s3://b/x/a/b?endpoint=http://h&region=r");
    EXPECT_EQ(queried.last_element(), "b");
    EXPECT_EQ(queried.options.at("region"), "r");
    const Address odd = parse_address("s3://b")->child("a?b=c");
    EXPECT_EQ(odd.canonical(), "s3://b/a?b=c?");
    EXPECT_EQ(odd.as_given, "s3://b/a?b=c?");
    EXPECT_EQ(parse_address("rclone:remote:")->child("a").canonical(), "rclone:remote:a");
    EXPECT_EQ(parse_address("rclone:remote:")->child("a").as_given, "rclone:remote:a");
}

TEST(OpenStore, SaysWhatIsNotBuiltAndWhatIsMissing) {
    const auto service = open_store(*parse_address("rclone:remote:x"), {});
    ASSERT_FALSE(service.has_value());
    EXPECT_EQ(service.error().code, Code::unsupported);
    EXPECT_FALSE(service.error().remedy.empty());
    const auto missing = open_store(*parse_address("/nowhere/at/all"), {});
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, Code::not_found);
}

}  // namespace
}  // namespace haul::store
