#include "base/owner_mark.h"

#include <fmt/format.h>

#include <charconv>

#include "base/digest.h"

namespace haul::process {
namespace {

constexpr std::size_t kHostDigits = 12;

std::string host_of(const Identity& identity) {
    return digest::sha256_hex(
               fmt::format("{}\n{}\n{}", identity.machine_id, identity.boot_id, identity.pid_namespace))
        .substr(0, kHostDigits);
}

bool is_host(std::string_view text) {
    return text.size() == kHostDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

template <class Number>
bool take_number(std::string_view& text, Number& number) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end == text.data() + text.size() || *end != '-') return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return true;
}

}  // namespace

std::string owner_mark(const Identity& identity) {
    return fmt::format("{}-{}-{}", host_of(identity), identity.pid, identity.pid_start);
}

std::optional<Liveness> liveness_of_mark(std::string_view text) {
    const std::string_view host = text.substr(0, text.find('-'));
    if (!is_host(host) || host.size() == text.size()) return std::nullopt;
    text.remove_prefix(host.size() + 1);
    Identity owner = self();
    const bool is_here = host == host_of(owner);
    if (!take_number(text, owner.pid) || !take_number(text, owner.pid_start)) return std::nullopt;
    return is_here ? liveness(owner) : Liveness::unknown;
}

}  // namespace haul::process
