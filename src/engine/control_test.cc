#include "engine/control.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "engine/control_socket.h"

namespace haul::engine {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class Control : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "haul-control-XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::unique_ptr<ControlServer> serve(ControlServer::Answer answer) const {
        Result<std::unique_ptr<ControlServer>> server = ControlServer::start(folder_, std::move(answer));
        EXPECT_TRUE(server) << server.error().message();
        return server ? *std::move(server) : nullptr;
    }
    // Connected, and saying nothing by itself.
    [[nodiscard]] file::Fd connect() const {
        const ControlAddress address = control_address(folder_).value();
        file::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::connect(socket.get(), address.get(), sizeof address.address), 0);
        return socket;
    }
    std::string folder_;
};

Result<json::Value> echo(const json::Value& request) { return json::Value{{"you said", request}}; }

TEST_F(Control, AnswersEachQuestion) {
    const auto server = serve(echo);
    for (int i = 0; i < 20; ++i) {
        const Result<json::Value> answer = ask(folder_, {{"ask", "status"}, {"n", i}});
        ASSERT_TRUE(answer) << answer.error().message();
        EXPECT_EQ((*answer)["you said"]["n"], i);
    }
}

TEST_F(Control, WorksHoweverLongThePath) {
    folder_ += "/" + std::string(200, 'x') + "/" + std::string(200, 'y');
    std::filesystem::create_directories(folder_);
    const auto server = serve(echo);
    EXPECT_TRUE(ask(folder_, {{"ask", "status"}}));
    struct ::stat found{};
    ASSERT_EQ(::stat((folder_ + "/control").c_str(), &found), 0);
    EXPECT_TRUE(S_ISSOCK(found.st_mode));
    EXPECT_EQ(found.st_mode & 07777U, 0600U);
    folder_ = std::filesystem::path(folder_).parent_path().parent_path().string();
}

TEST_F(Control, NobodyThereIsNotFound) {
    EXPECT_EQ(ask(folder_, {{"ask", "status"}}).error().code, Code::not_found);
    serve(echo).reset();
    EXPECT_EQ(ask(folder_, {{"ask", "status"}}).error().code, Code::not_found);
    EXPECT_TRUE(std::filesystem::is_empty(folder_)) << "the socket goes with its server";
    EXPECT_EQ(ask(folder_ + "/absent", {{"ask", "status"}}).error().code, Code::not_found);
}

// What a killed job leaves: a socket file that nobody listens on.
TEST_F(Control, StaleSocketIsNotFoundAndReplaced) {
    {
        const ControlAddress address = control_address(folder_).value();
        const file::Fd dead = control_socket(folder_).value();
        ASSERT_EQ(::bind(dead.get(), address.get(), sizeof address.address), 0);
    }
    EXPECT_EQ(ask(folder_, {{"ask", "status"}}).error().code, Code::not_found);
    const auto server = serve(echo);
    EXPECT_TRUE(ask(folder_, {{"ask", "status"}}));
}

TEST_F(Control, ErrorsAreAnswers) {
    const auto server = serve([](const json::Value& request) -> Result<json::Value> {
        if (request.contains("odd")) static_cast<void>(request.at("odd").get<int>());
        return failure(Code::unsupported, "answer", "limit", "not now");
    });
    const json::Value refused = ask(folder_, {{"ask", "limit"}}).value();
    EXPECT_THAT(refused["error"].get<std::string>(), HasSubstr("not now"));
    EXPECT_EQ(refused["code"], "unsupported");
    EXPECT_EQ(ask(folder_, {{"odd", "text"}}).value()["code"], "internal");

    const file::Fd socket = connect();
    ASSERT_EQ(::send(socket.get(), "not json\n", 9, 0), 9);
    std::array<char, 4096> buffer{};
    const ::ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), MSG_WAITALL);
    ASSERT_GT(got, 0);
    EXPECT_EQ(json::parse({buffer.data(), static_cast<std::size_t>(got)}, "answer").value()["code"],
              "corrupt");
}

TEST_F(Control, LargeAnswersArriveWhole) {
    const std::string large(700'000, 'x');
    const auto server =
        serve([&](const json::Value&) -> Result<json::Value> { return json::Value{{"large", large}}; });
    EXPECT_EQ(ask(folder_, {}).value()["large"], large);
}

TEST_F(Control, RequestInPiecesIsUnderstood) {
    const auto server = serve(echo);
    const file::Fd socket = connect();
    for (const char* piece : {"{\"a\"", ":1", "}\n"}) {
        ASSERT_GT(::send(socket.get(), piece, std::strlen(piece), 0), 0);
        std::this_thread::sleep_for(5ms);
    }
    std::array<char, 100> buffer{};
    const ::ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), MSG_WAITALL);
    EXPECT_EQ(std::string(buffer.data(), static_cast<std::size_t>(got)), "{\"you said\":{\"a\":1}}\n");
}

TEST_F(Control, SilentClientsHoldUpNobodyAndAreClosed) {
    const auto server = serve(echo);
    std::vector<file::Fd> silent;
    for (int i = 0; i < 10; ++i) silent.push_back(connect());
    const clock::Nanoseconds start = clock::boot();
    EXPECT_TRUE(ask(folder_, {{"ask", "status"}}));
    EXPECT_LT(clock::boot() - start, 1s);
    char byte = 0;
    EXPECT_EQ(::recv(silent[0].get(), &byte, 1, 0), 0) << "closed by the server";
    EXPECT_GE(clock::boot() - start, 1500ms);
    EXPECT_LT(clock::boot() - start, 10s);
}

TEST_F(Control, ClientThatDoesNotReadHoldsUpNobody) {
    const std::string large(900'000, 'x');
    const auto server = serve([&](const json::Value& request) -> Result<json::Value> {
        return request.contains("large") ? json::Value(large) : json::Value("small");
    });
    const file::Fd deaf = connect();
    ASSERT_EQ(::send(deaf.get(), "{\"large\":1}\n", 12, 0), 12);
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(ask(folder_, json::Value::object()).value(), "small");
}

TEST_F(Control, EndsAtOnceWhateverClientsDo) {
    auto server = serve(echo);
    const file::Fd silent = connect();
    std::this_thread::sleep_for(20ms);
    const clock::Nanoseconds start = clock::boot();
    server.reset();
    EXPECT_LT(clock::boot() - start, 1s);
}

TEST_F(Control, EndlessRequestIsClosed) {
    const auto server = serve(echo);
    const file::Fd socket = connect();
    const std::string chunk(1U << 16U, 'x');
    std::size_t sent = 0;
    while (sent < 4 * kControlLineLimit) {
        const ::ssize_t put = ::send(socket.get(), chunk.data(), chunk.size(), MSG_NOSIGNAL);
        if (put < 0) break;
        sent += static_cast<std::size_t>(put);
    }
    EXPECT_LT(sent, 4 * kControlLineLimit);
    EXPECT_TRUE(ask(folder_, {{"ask", "status"}}));
}

// A job that is stopped (SIGSTOP) still has a listening socket.
TEST_F(Control, ServerThatDoesNotAnswerTimesOut) {
    const ControlAddress address = control_address(folder_).value();
    const file::Fd mute = control_socket(folder_).value();
    ASSERT_EQ(::bind(mute.get(), address.get(), sizeof address.address), 0);
    ASSERT_EQ(::listen(mute.get(), 4), 0);
    const clock::Nanoseconds start = clock::boot();
    EXPECT_EQ(ask(folder_, {{"ask", "status"}}).error().code, Code::timed_out);
    EXPECT_LT(clock::boot() - start, 8s);
}

}  // namespace
}  // namespace haul::engine
