#include "store/s3/name.h"

#include <fmt/format.h>

#include "base/text.h"

namespace haul::store::s3 {
namespace {

constexpr std::size_t kLongestKey = 1024;

}  // namespace

Status check_key_name(const Bucket& bucket, std::string_view name, std::string_view operation) {
    const auto refuse = [&](Code code, std::string why) {
        return failure(code, std::string(operation), bucket.subject(name), std::move(why));
    };
    if (name.empty() || name == "." || name.contains('\0'))
        return refuse(Code::usage, "not a name of an object: it is empty, `.` or has a NUL byte in it");
    if (!text::is_utf8(name)) return refuse(Code::unsupported, "S3 takes names in UTF-8 only");
    const std::size_t size = bucket.settings().prefix.size() + name.size();
    if (size > kLongestKey)
        return refuse(Code::unsupported,
                      fmt::format("its key would have {} bytes, S3 takes {}", size, kLongestKey));
    return {};
}

}  // namespace haul::store::s3
