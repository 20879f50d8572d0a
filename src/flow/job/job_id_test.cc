#include <gtest/gtest.h>

#include <set>
#include <string>

#include "flow/job/job.h"

namespace haul::job {
namespace {

Request base_request() {
    Request request;
    request.flow = "pack";
    request.meaning = {
        {"source", "/a"}, {"destination", "/b"}, {"part_size", 20'000'000'000U}, {"filters", {"*.txt"}}};
    request.arguments = {"pack", "/a", "/b"};
    request.working_folder = "/home";
    return request;
}

// Known value: a job that was begun by an earlier program must be found by this one.
TEST(JobId, NeverChanges) { EXPECT_EQ(id_of(base_request()), "09fd6d5a8de5dc76"); }

TEST(JobId, SameForTheSameMeaning) {
    const std::string id = id_of(base_request());
    EXPECT_EQ(id.size(), 16U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);

    Request other = base_request();
    other.arguments = {"pack", "--jobs", "7", "/a", "/b"};
    other.working_folder = "/elsewhere";
    EXPECT_EQ(id_of(other), id) << "how it was written does not count";

    other = base_request();
    other.meaning = {
        {"filters", {"*.txt"}}, {"part_size", 20'000'000'000}, {"destination", "/b"}, {"source", "/a"}};
    EXPECT_EQ(id_of(other), id) << "neither do the order of keys and the type of a number";
}

TEST(JobId, OtherForEveryOtherMeaning) {
    std::set<std::string> ids = {id_of(base_request())};
    std::size_t cases = 1;
    const auto add = [&](auto change) {
        Request request = base_request();
        change(request);
        ids.insert(id_of(request));
        ++cases;
        EXPECT_EQ(ids.size(), cases) << json::dump(request.meaning);
    };
    add([](Request& r) { r.flow = "unpack"; });
    add([](Request& r) { r.meaning["source"] = "/b"; });
    add([](Request& r) { r.meaning["source"] = "/a/"; });
    add([](Request& r) { r.meaning["part_size"] = 1; });
    add([](Request& r) { r.meaning["part_size"] = "20000000000"; });
    add([](Request& r) { r.meaning["filters"].push_back("*.jpg"); });
    add([](Request& r) { r.meaning["filters"] = {"*.tx", "t"}; });
    add([](Request& r) { r.meaning.erase("filters"); });
    add([](Request& r) { r.meaning["filters"] = nullptr; });
    add([](Request& r) { r.meaning["digest"] = "md5"; });
    add([](Request& r) { r.meaning["source"] = "/\xff"; });
    add([](Request& r) { r.meaning["source"] = "/\xfe"; });
    add([](Request& r) { r.meaning["source"] = "/\xEF\xBF\xBD"; });
}

}  // namespace
}  // namespace haul::job
