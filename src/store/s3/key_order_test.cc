#include "store/s3/key_order.h"

#include <gtest/gtest.h>

#include <vector>

namespace haul::store::s3 {
namespace {

TEST(KeyOrder, ElementByElement) {
    EXPECT_TRUE(before_by_elements("a/b", "a b"));
    EXPECT_FALSE(before_by_elements("a b", "a/b"));
    EXPECT_TRUE(before_by_elements("a/b", "a/b/c"));
    EXPECT_FALSE(before_by_elements("a/b/c", "a/b"));
    EXPECT_TRUE(before_by_elements("a/", "a/b"));
    EXPECT_FALSE(before_by_elements("a", "a"));
    EXPECT_TRUE(before_by_elements("a/z", "b"));
}

bool accepts(const std::vector<std::string>& keys) {
    KeyOrder order;
    for (std::size_t at = 1; at < keys.size(); ++at) {
        if (!order.accept(keys[at - 1], keys[at])) return false;
    }
    return true;
}

TEST(KeyOrder, AcceptsEitherOrderAndNoMixture) {
    EXPECT_TRUE(accepts({"a b", "a-", "a/b", "a0"}));       // bytes
    EXPECT_TRUE(accepts({"a/b", "a b", "a-", "a0"}));       // elements
    EXPECT_FALSE(accepts({"a b", "a/b", "c/d", "c d"}));    // first bytes, then elements
    EXPECT_FALSE(accepts({"a", "b", "b"}));                 // twice
    EXPECT_FALSE(accepts({"a", "b", "c", "a", "b", "c"}));  // a page again
    KeyOrder order;
    EXPECT_TRUE(order.may_be_bytes());
    EXPECT_TRUE(order.accept("a/b", "a b"));
    EXPECT_FALSE(order.may_be_bytes());
}

}  // namespace
}  // namespace haul::store::s3
