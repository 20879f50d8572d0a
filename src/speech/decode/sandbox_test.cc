#include "speech/decode/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace haul::speech {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 1;  // EPERM
constexpr int kElse = 2;
constexpr int kOpen = 3;  // not confined

int seen(bool worked) {
    if (worked) return kDone;
    return errno == EPERM ? kRefused : kElse;
}

// How a child of ours ends that is confined and then does this: its exit code, or 128 + signal.
int confined(int (*act)()) {
    const ::pid_t child = ::fork();
    if (child == 0) {
        if (confine()) ::_exit(kOpen);
        ::_exit(act());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int allocate(std::size_t bytes) {
    void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? kElse : kDone;
}

TEST(Sandbox, WhatADecoderNeedsWorks) {
    EXPECT_EQ(confined([] { return kDone; }), kDone);
    EXPECT_EQ(confined([] { return allocate(200U << 20U); }), kDone);
    EXPECT_EQ(confined([] { return seen(::close(0) == 0); }), kDone);
    EXPECT_EQ(confined([]() -> int { std::abort(); }), 128 + SIGABRT);
}

TEST(Sandbox, FilesNetworkAndCodeAreRefused) {
    EXPECT_EQ(confined([] { return seen(::open("/dev/null", O_RDONLY) >= 0); }), kRefused);
    EXPECT_EQ(confined([] { return seen(::openat(AT_FDCWD, "/tmp/x", O_CREAT | O_WRONLY, 0600) >= 0); }),
              kRefused);
    EXPECT_EQ(confined([] { return seen(::unlink("/nowhere") == 0); }), kRefused);
    EXPECT_EQ(confined([] { return seen(::access("/", F_OK) == 0); }), kRefused);
    EXPECT_EQ(confined([] { return seen(::socket(AF_INET, SOCK_STREAM, 0) >= 0); }), kRefused);
    EXPECT_EQ(confined([] { return seen(::socket(AF_UNIX, SOCK_STREAM, 0) >= 0); }), kRefused);
    EXPECT_EQ(confined([] {
                  void* const code =
                      ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                  return seen(code != MAP_FAILED);
              }),
              kRefused);
    EXPECT_EQ(confined([] {
                  static std::array<char, 4096> page;
                  return seen(::mprotect(page.data(), page.size(), PROT_READ | PROT_EXEC) == 0);
              }),
              kRefused);
    EXPECT_EQ(confined([] {
                  const ::rlimit more{RLIM_INFINITY, RLIM_INFINITY};
                  return seen(::setrlimit(RLIMIT_AS, &more) == 0);
              }),
              kRefused);
}

TEST(Sandbox, MemoryIsLimited) {
    EXPECT_EQ(confined([] { return allocate(kDecoderMemory + (1U << 20U)); }), kElse);
}

TEST(Sandbox, ProcessesAndAttacksEndIt) {
    constexpr int kKilled = 128 + SIGSYS;
    EXPECT_EQ(confined([] { return seen(::fork() >= 0); }), kKilled);
    EXPECT_EQ(confined([] { return seen(::execl("/bin/true", "true", nullptr) == 0); }), kKilled);
    EXPECT_EQ(confined([] { return seen(::kill(::getpid(), 0) == 0); }), kKilled);
    EXPECT_EQ(confined([] { return seen(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0); }), kKilled);
    EXPECT_EQ(confined([] {
                  const ::sockaddr_in nobody{};
                  return seen(::connect(0, reinterpret_cast<const ::sockaddr*>(&nobody), sizeof nobody) == 0);
              }),
              kKilled);
}

}  // namespace
}  // namespace haul::speech
