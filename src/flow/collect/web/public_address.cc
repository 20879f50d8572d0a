#include "flow/collect/web/public_address.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace haul::collect {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct Network {
    std::array<std::uint8_t, 16> front{};
    unsigned bits = 0;
    std::string_view name{};
};

constexpr Network kFour[] = {
    {{0}, 8, "unspecified"},
    {{10}, 8, "private"},
    {{100, 64}, 10, "shared behind a carrier's NAT"},
    {{127}, 8, "loopback"},
    {{169, 254}, 16, "link-local"},
    {{172, 16}, 12, "private"},
    {{192, 0, 0}, 24, "reserved for protocols"},
    {{192, 0, 2}, 24, "for documentation"},
    {{192, 88, 99}, 24, "a relay of 6to4"},
    {{192, 168}, 16, "private"},
    {{198, 18}, 15, "for benchmarks"},
    {{198, 51, 100}, 24, "for documentation"},
    {{203, 0, 113}, 24, "for documentation"},
    {{224}, 4, "multicast"},
    {{240}, 4, "reserved"},
};

constexpr Network kSix[] = {
    {{0}, 96, "loopback, unspecified or of a form that is out of use"},
    {{0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01}, 48, "a local translation"},
    {{0x01, 0x00}, 64, "discarded"},
    {{0x20, 0x01}, 23, "reserved for protocols"},
    {{0x20, 0x01, 0x0D, 0xB8}, 32, "for documentation"},
    {{0x3F, 0xFF}, 20, "for documentation"},
    {{0x5F, 0x00}, 16, "of segment routing"},
    {{0xFC}, 7, "private"},
    {{0xFE, 0x80}, 10, "link-local"},
    {{0xFE, 0xC0}, 10, "site-local"},
    {{0xFF}, 8, "multicast"},
};

// Where an IPv4 address stands in an IPv6 address.
struct Embedding {
    Network network;
    std::size_t at = 0;
};
constexpr Embedding kEmbeddings[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96, "mapped"}, 12},
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96, "translated (RFC 2765)"}, 12},
    {{{0x00, 0x64, 0xFF, 0x9B}, 96, "NAT64"}, 12},
    {{{0x20, 0x02}, 16, "6to4"}, 2},
};

bool lies_in(Bytes address, const Network& network) {
    const std::size_t whole = network.bits / 8;
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                    network.front.begin()))
        return false;
    const unsigned rest = network.bits % 8;
    return rest == 0 || (address[whole] >> (8 - rest)) == (network.front[whole] >> (8 - rest));
}

std::string_view find_in(Bytes address, std::span<const Network> networks) {
    for (const Network& network : networks)
        if (lies_in(address, network)) return network.name;
    return {};
}

}  // namespace

std::string_view not_public(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        const auto& four = reinterpret_cast<const sockaddr_in&>(address);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
        return find_in(bytes, kFour);
    }
    if (address.sa_family != AF_INET6) return "of an unknown kind";
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    const Bytes bytes(six.sin6_addr.s6_addr, 16);
    for (const Embedding& each : kEmbeddings)
        if (lies_in(bytes, each.network)) return find_in(bytes.subspan(each.at, 4), kFour);
    return find_in(bytes, kSix);
}

}  // namespace haul::collect
