// For tests of jobs: a state folder of their own, requests, and jobs held by other processes.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <functional>
#include <string>

#include "base/file.h"
#include "flow/job/job.h"

namespace haul::job::harness {

inline Request request_named(const std::string& name) {
    Request request;
    request.flow = "pack";
    request.meaning = {{"source", "/from/" + name}, {"destination", "/to"}, {"name", name}};
    request.arguments = {"pack", "/from/" + name, "/to"};
    request.working_folder = "/";
    return request;
}

class JobTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "haul-job-XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        root_ = std::filesystem::canonical(name).string();
        state_ = open_state(root_ + "/state").value();
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    [[nodiscard]] std::unique_ptr<Job> opened(const std::string& name) {
        Result<std::unique_ptr<Job>> job = Job::open(state_, request_named(name), hub_);
        EXPECT_TRUE(job) << job.error().message();
        return job ? *std::move(job) : nullptr;
    }
    [[nodiscard]] std::string folder(const std::string& name) const {
        return folder_of(state_, id_of(request_named(name)));
    }

    std::string root_, state_;
    report::Hub hub_;
};

// A process that opens a job, does `work`, says so, and holds the job until it is killed.
class Holder {
  public:
    Holder(const std::string& state, const Request& request, const std::function<bool(Job&)>& work) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe(ends.data()), 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::alarm(30);
            report::Hub hub;
            Result<std::unique_ptr<Job>> job = Job::open(state, request, hub);
            const char said = job && work(**job) ? 'y' : 'n';
            [[maybe_unused]] const ::ssize_t put = ::write(ends[1], &said, 1);
            while (true) ::pause();
        }
        const file::Fd read_end(ends[0]);
        ::close(ends[1]);
        char said = 0;
        EXPECT_EQ(::read(read_end.get(), &said, 1), 1);
        EXPECT_EQ(said, 'y');
    }
    ~Holder() { kill(); }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    [[nodiscard]] ::pid_t pid() const { return pid_; }

  private:
    ::pid_t pid_ = 0;
};

}  // namespace haul::job::harness
