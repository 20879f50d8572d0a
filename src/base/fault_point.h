// Named points at which tests kill, stop or hold the process: FAULT_POINT("pack.part.before_publish").
//
// Compiled in only with HAUL_FAULT_POINTS (never in release builds). The environment variable HAUL_FAULT says
// what happens:
//   kill:NAME[:N]   SIGKILL ourselves the Nth time (default 1) that NAME is reached
//   stop:NAME[:N]   SIGSTOP ourselves
//   hold:NAME[:N]   make the file named by HAUL_FAULT_HOLD and keep the thread there until it is gone; other
//                   threads go on
//   list            append every name reached to the file named by HAUL_FAULT_LOG, once each
// Several, separated by commas. All names of the program are literals: `grep -rho 'FAULT_POINT("[^"]*")' src`
// lists them.
#pragma once

#ifdef HAUL_FAULT_POINTS
#include <functional>
#include <string_view>

namespace haul::fault {
void reached(const char* name);
// For tests in this process: `callback` is called at every point as well, from the thread that reached it;
// empty ends that. A call that is under way when it is replaced goes on.
void on_reached(std::function<void(std::string_view name)> callback);
}  // namespace haul::fault
#define FAULT_POINT(name) ::haul::fault::reached(name)
#else
#define FAULT_POINT(name) static_cast<void>(0)
#endif
