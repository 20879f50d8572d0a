#include "flow/collect/web/public_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace haul::collect {
namespace {

std::string_view judged(const char* text) {
    sockaddr_storage storage{};
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    auto& six = reinterpret_cast<sockaddr_in6&>(storage);
    if (::inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
    } else if (::inet_pton(AF_INET6, text, &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
    } else {
        ADD_FAILURE() << text;
    }
    return not_public(reinterpret_cast<const sockaddr&>(storage));
}

TEST(PublicAddress, ThoseThatAreNot) {
    const std::pair<const char*, const char*> cases[] = {
        {"0.0.0.0", "unspecified"},
        {"0.255.255.255", "unspecified"},
        {"10.0.0.0", "private"},
        {"10.255.255.255", "private"},
        {"100.64.0.0", "shared behind a carrier's NAT"},
        {"100.127.255.255", "shared behind a carrier's NAT"},
        {"127.0.0.1", "loopback"},
        {"127.255.255.254", "loopback"},
        {"169.254.169.254", "link-local"},
        {"172.16.0.0", "private"},
        {"172.31.255.255", "private"},
        {"192.0.0.170", "reserved for protocols"},
        {"192.0.2.1", "for documentation"},
        {"192.88.99.1", "a relay of 6to4"},
        {"192.168.1.1", "private"},
        {"198.18.0.0", "for benchmarks"},
        {"198.19.255.255", "for benchmarks"},
        {"198.51.100.7", "for documentation"},
        {"203.0.113.7", "for documentation"},
        {"224.0.0.1", "multicast"},
        {"239.255.255.250", "multicast"},
        {"240.0.0.1", "reserved"},
        {"255.255.255.255", "reserved"},
        {"::", "loopback, unspecified or of a form that is out of use"},
        {"::1", "loopback, unspecified or of a form that is out of use"},
        {"::8.8.8.8", "loopback, unspecified or of a form that is out of use"},
        {"::ffff:127.0.0.1", "loopback"},
        {"::ffff:10.1.2.3", "private"},
        {"::ffff:0:192.168.1.1", "private"},
        {"64:ff9b::192.168.0.1", "private"},
        {"64:ff9b::a9fe:a9fe", "link-local"},
        {"64:ff9b:1::1", "a local translation"},
        {"100::1", "discarded"},
        {"2001::1", "reserved for protocols"},
        {"2001:1ff::1", "reserved for protocols"},
        {"2001:db8::1", "for documentation"},
        {"2002:7f00:1::", "loopback"},
        {"2002:c0a8:101::1", "private"},
        {"3fff:fff::1", "for documentation"},
        {"5f00::1", "of segment routing"},
        {"fc00::1", "private"},
        {"fdff::1", "private"},
        {"fe80::1", "link-local"},
        {"febf::1", "link-local"},
        {"fec0::1", "site-local"},
        {"ff02::1", "multicast"},
    };
    for (const auto& [address, why] : cases) EXPECT_EQ(judged(address), why) << address;
}

TEST(PublicAddress, ThoseThatAre) {
    for (const char* address :
         {"1.0.0.1",        "8.8.8.8",          "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
          "100.128.0.0",    "126.0.0.1",        "128.0.0.1",       "169.253.0.1",     "172.15.255.255",
          "172.32.0.0",     "192.0.1.1",        "192.167.0.1",     "198.17.0.1",      "198.20.0.1",
          "203.0.114.1",    "223.255.255.255",  "2001:200::1",     "2606:4700::1111", "2a00:1450::1",
          "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "2003::1",         "4000::1"})
        EXPECT_EQ(judged(address), "") << address;
}

TEST(PublicAddress, OtherFamiliesAreNot) {
    sockaddr_un local{.sun_family = AF_UNIX, .sun_path = "/x"};
    EXPECT_EQ(not_public(reinterpret_cast<const sockaddr&>(local)), "of an unknown kind");
}

}  // namespace
}  // namespace haul::collect
