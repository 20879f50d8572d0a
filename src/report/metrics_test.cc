#include "report/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "report/run_numbers.h"

namespace haul::report {
namespace {

using testing::HasSubstr;
using testing::Not;

// A socket that listens on a free port of this machine.
class Listening {
  public:
    Listening() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
        EXPECT_EQ(::listen(fd_, 1), 0);
        socklen_t length = sizeof(address);
        EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length), 0);
        port_ = ntohs(address.sin_port);
    }
    ~Listening() { ::close(fd_); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    int fd_;
    std::uint16_t port_ = 0;
};

std::uint16_t free_port() { return Listening().port(); }

std::string asked(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    std::string answer;
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
        const std::string request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        EXPECT_EQ(::send(fd, request.data(), request.size(), 0), static_cast<::ssize_t>(request.size()));
        char buffer[4096];
        for (::ssize_t got = 0; (got = ::recv(fd, buffer, sizeof(buffer), 0)) > 0;)
            answer.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(fd);
    return answer;
}

double value_of(const RunNumbers& numbers, const std::string& name, std::size_t which = 0) {
    for (const prometheus::MetricFamily& family : numbers.Collect()) {
        if (family.name != name) continue;
        EXPECT_LT(which, family.metric.size()) << name;
        const prometheus::ClientMetric& metric = family.metric.at(which);
        return family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
    }
    ADD_FAILURE() << "there is no " << name;
    return -1;
}

Event event_of(Type type, std::string subject = {}, Level level = Level::info) {
    Event event;
    event.type = type;
    event.subject = std::move(subject);
    event.level = level;
    return event;
}

TEST(Metrics, AddUpEvents) {
    Numbers shown;
    const auto retries = shown.show([](std::vector<Number>& told) {
        told.push_back({.name = "haul_store_retries_total", .type = Number::Type::counter, .value = 7});
    });
    RunNumbers numbers({.version = "1", .flow = "pack", .job = "abc"}, shown);
    Event total = event_of(Type::total);
    total.files = 10;
    total.bytes = 1000;
    total.final_total = true;
    numbers.on(total);
    Event progress = event_of(Type::progress);
    progress.files = 4;
    progress.bytes = 400;
    numbers.on(progress);
    for (const Type type : {Type::part_done, Type::item_failed, Type::item_failed, Type::item_skipped,
                            Type::unit_failed, Type::unit_failed})
        numbers.on(event_of(type, "x"));
    numbers.on(event_of(Type::unit_set_aside, "part 00001", Level::error));
    numbers.on(event_of(Type::store_down, "s3.example", Level::warning));
    EXPECT_EQ(value_of(numbers, "haul_store_down"), 1);
    numbers.on(event_of(Type::store_up, "s3.example"));
    numbers.on(event_of(Type::worker, "part 00002"));
    const std::pair<const char*, double> rows[] = {
        {"haul_files_total", 4},           {"haul_bytes_total", 400},       {"haul_expected_files", 10},
        {"haul_expected_bytes", 1000},     {"haul_expected_final", 1},      {"haul_parts_total", 1},
        {"haul_items_failed_total", 2},    {"haul_items_skipped_total", 1}, {"haul_unit_failures_total", 3},
        {"haul_units_set_aside_total", 1}, {"haul_outages_total", 1},       {"haul_store_down", 0},
        {"haul_store_retries_total", 7},   {"haul_workers_busy", 1},        {"haul_draining", 0},
    };
    for (const auto& [name, value] : rows) EXPECT_EQ(value_of(numbers, name), value) << name;
    EXPECT_EQ(value_of(numbers, "haul_messages_total", 0) + value_of(numbers, "haul_messages_total", 1), 2);
}

TEST(Metrics, AreServedUntilTheServerIsGone) {
    Hub hub;
    const std::uint16_t port = free_port();
    auto server = MetricsServer::start(port, hub, {.version = "1", .flow = "pack", .job = "abc"});
    ASSERT_TRUE(server) << server.error().message();
    std::optional<Numbers::Shown> shown(hub.numbers().show([](std::vector<Number>& told) {
        told.push_back({.name = "haul_units", .labels = {{"kind", "part"}, {"state", "queued"}}, .value = 3});
        told.push_back({.name = "haul_wait_seconds",
                        .help = "Of a call.",
                        .type = Number::Type::histogram,
                        .labels = {{"call", "claim"}},
                        .value = 2.5,
                        .count = 4,
                        .buckets = {{0.5, 3}, {10, 4}}});
        told.push_back({.name = "haul_units", .labels = {{"kind", "odd \"kind\"\n"}}, .value = 1});
    }));
    const std::string answer = asked(port);
    EXPECT_THAT(answer, HasSubstr("200 OK"));
    EXPECT_THAT(answer, HasSubstr("haul_units{kind=\"part\",state=\"queued\"} 3"));
    EXPECT_THAT(answer, HasSubstr("# TYPE haul_wait_seconds histogram"));
    EXPECT_THAT(answer, HasSubstr("haul_wait_seconds_bucket{call=\"claim\",le=\"0.5\"} 3"));
    EXPECT_THAT(answer, HasSubstr("haul_wait_seconds_bucket{call=\"claim\",le=\"+Inf\"} 4"));
    EXPECT_THAT(answer, HasSubstr("haul_wait_seconds_sum{call=\"claim\"} 2.5"));
    EXPECT_THAT(answer, HasSubstr("kind=\"odd \\\"kind\\\"\\n\""));
    EXPECT_THAT(answer, HasSubstr("haul_run_info{version=\"1\",flow=\"pack\",job=\"abc\"} 1"));
    shown.reset();
    EXPECT_THAT(asked(port), Not(HasSubstr("haul_units{")));
    server->reset();
    EXPECT_EQ(asked(port), "");
    hub.note(Level::warning, "behind the last answer");
    hub.close();
}

TEST(Metrics, APortThatIsTaken) {
    const Listening taken;
    Hub hub;
    const auto server = MetricsServer::start(taken.port(), hub, {});
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code, Code::usage);
    EXPECT_THAT(server.error().message(), HasSubstr(std::to_string(taken.port())));
    EXPECT_THAT(server.error().remedy, HasSubstr("--metrics-port"));
}

}  // namespace
}  // namespace haul::report
