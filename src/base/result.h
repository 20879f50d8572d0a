// Result<T>: a value or an Error; the return type of everything that can fail. Nodiscard, unlike
// std::expected.
//
//     Result<Fd> open_it(...) {
//         auto fd = TRY(open_folder(path));      // returns the Error to our caller, or yields the value
//         TRY(check(fd));                        // also for Result<void>
//         return fd;
//     }
#pragma once

#include <expected>
#include <utility>

#include "base/error.h"

namespace haul {

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
  public:
    using std::expected<T, Error>::expected;
};

using Status = Result<void>;

[[nodiscard]] inline std::unexpected<Error> failure(Error error) {
    return std::unexpected<Error>(std::move(error));
}
[[nodiscard]] inline std::unexpected<Error> failure(Code code, std::string operation, std::string subject,
                                                    std::string detail) {
    return std::unexpected<Error>(
        make_error(code, std::move(operation), std::move(subject), std::move(detail)));
}

}  // namespace haul

#define HAUL_CONCAT_(a, b) a##b
#define HAUL_CONCAT(a, b) HAUL_CONCAT_(a, b)
#define HAUL_TRY_(name, ...)                                                                   \
    ({                                                                                         \
        auto&& name = (__VA_ARGS__);                                                           \
        if (!name.has_value()) return std::unexpected<::haul::Error>(std::move(name).error()); \
        *std::move(name);                                                                      \
    })
// Statement expression (GCC and Clang): the value of a Result, or return its Error from this function.
#define TRY(...) HAUL_TRY_(HAUL_CONCAT(haul_try_, __COUNTER__), __VA_ARGS__)
