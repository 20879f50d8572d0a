#include "engine/shutdown.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <functional>
#include <string>
#include <thread>

namespace haul::engine {
namespace {

using namespace std::chrono_literals;

bool soon(const std::function<bool()>& condition) {
    for (int i = 0; i < 5000 && !condition(); ++i) std::this_thread::sleep_for(1ms);
    return condition();
}

// Signals belong to a process, so each case has one of its own. `body` returns 0 where all is well, else the
// number of what went wrong.
int exit_code_of(const std::function<int()>& body) {
    const ::pid_t child = ::fork();
    if (child == 0) {
        ::alarm(20);
        ::signal(SIGHUP, SIG_DFL);  // tests may run under nohup
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int drains_then_stops(int first, int second) {
    const Shutdown shutdown(true);
    if (shutdown.draining()) return 1;
    ::kill(::getpid(), first);
    if (!soon([&] { return shutdown.draining(); })) return 2;
    std::this_thread::sleep_for(20ms);
    if (shutdown.stop().stop_requested()) return 3;
    ::kill(::getpid(), second);
    if (!soon([&] { return shutdown.stop().stop_requested(); })) return 4;
    return 0;
}

TEST(Shutdown, FirstSignalDrainsSecondStops) {
    for (const int first : {SIGINT, SIGTERM, SIGHUP}) {
        for (const int second : {SIGINT, SIGTERM, SIGHUP}) {
            EXPECT_EQ(exit_code_of([&] { return drains_then_stops(first, second); }), 0)
                << first << " " << second;
        }
    }
}

TEST(Shutdown, NohupIsRespectedAndABackgroundShellIsNot) {
    EXPECT_EQ(exit_code_of([] {
                  ::signal(SIGHUP, SIG_IGN);
                  ::signal(SIGINT, SIG_IGN);
                  const Shutdown shutdown(true);
                  ::kill(::getpid(), SIGHUP);
                  std::this_thread::sleep_for(50ms);
                  if (shutdown.draining()) return 1;
                  ::kill(::getpid(), SIGINT);
                  return soon([&] { return shutdown.draining(); }) ? 0 : 2;
              }),
              0);
}

TEST(Shutdown, ClosedPipesAreErrorsNotSignals) {
    EXPECT_EQ(exit_code_of([] {
                  const Shutdown shutdown(true);
                  std::array<int, 2> ends{};
                  if (::pipe(ends.data()) != 0) return 1;
                  ::close(ends[0]);
                  return ::write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 2;
              }),
              0);
}

TEST(Shutdown, RestoresMaskAndPipeAtItsEnd) {
    EXPECT_EQ(exit_code_of([] {
                  {
                      const Shutdown shutdown(true);
                  }
                  ::sigset_t now;
                  ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
                  if (::sigismember(&now, SIGINT) != 0) return 1;
                  struct ::sigaction pipe{};
                  ::sigaction(SIGPIPE, nullptr, &pipe);
                  return pipe.sa_handler == SIG_DFL ? 0 : 2;
              }),
              0);
    EXPECT_EQ(exit_code_of([] {
                  {
                      const Shutdown shutdown(true);
                  }
                  ::kill(::getpid(), SIGTERM);
                  std::this_thread::sleep_for(5s);
                  return 3;
              }),
              1000 + SIGTERM);
}

TEST(Shutdown, DrainTooLongBecomesAStop) {
    Shutdown shutdown(false, 50ms);
    shutdown.request_drain();
    EXPECT_FALSE(shutdown.stop().stop_requested());
    EXPECT_TRUE(soon([&] { return shutdown.stop().stop_requested(); }));
}

TEST(Shutdown, DrainIsNotAStopBeforeItsLimit) {
    Shutdown shutdown(false, 10s);
    shutdown.request_drain();
    std::this_thread::sleep_for(50ms);
    EXPECT_TRUE(shutdown.draining());
    EXPECT_FALSE(shutdown.stop().stop_requested());
}

TEST(Shutdown, StopIsADrainToo) {
    Shutdown shutdown(false);
    shutdown.request_stop();
    EXPECT_TRUE(shutdown.draining());
    EXPECT_TRUE(shutdown.stop().stop_requested());
}

TEST(Shutdown, CallsBackOnceEvenWhereAskedLate) {
    std::atomic<int> calls = 0;
    {
        Shutdown shutdown(false);
        shutdown.on_drain([&] { ++calls; });
        std::this_thread::sleep_for(10ms);
        EXPECT_EQ(calls, 0);
        shutdown.request_drain();
        EXPECT_TRUE(soon([&] { return calls == 1; }));
        shutdown.request_drain();
        shutdown.request_stop();
        std::this_thread::sleep_for(20ms);
        EXPECT_EQ(calls, 1);
        shutdown.on_drain([&] { ++calls; });
        EXPECT_TRUE(soon([&] { return calls == 2; }));
    }
    EXPECT_EQ(calls, 2);
}

TEST(Shutdown, TokensOutliveIt) {
    std::stop_token drain;
    {
        Shutdown shutdown(false);
        drain = shutdown.drain();
        shutdown.request_drain();
    }
    EXPECT_TRUE(drain.stop_requested());
}

}  // namespace
}  // namespace haul::engine
