#include "http/address.h"

#include <gtest/gtest.h>

namespace haul::http {
namespace {

TEST(Address, WhatIsAtHandNeedsNoProxy) {
    for (const char* url : {"http://127.0.0.1:9000/b", "http://localhost/x", "http://169.254.169.254/latest",
                            "http://169.254.170.2/v2", "http://[fd00:ec2::254]/latest", "http://[::1]:80/"})
        EXPECT_TRUE(is_at_hand(url)) << url;
    for (const char* url : {"https://s3.eu-west-1.amazonaws.com/b", "http://127.example.org/",
                            "http://localhost.org/", "http://10.0.0.1/", "nothing"})
        EXPECT_FALSE(is_at_hand(url)) << url;
}

}  // namespace
}  // namespace haul::http
