#include "base/owner_mark.h"

#include <gtest/gtest.h>

#include <string>

namespace haul::process {
namespace {

TEST(OwnerMark, TellsOursFromThoseOfTheDeadAndOfOthers) {
    const Identity us = self();
    EXPECT_EQ(liveness_of_mark(owner_mark(us) + "-token"), Liveness::alive);
    Identity dead = us;
    dead.pid_start += 1;
    EXPECT_EQ(liveness_of_mark(owner_mark(dead) + "-token"), Liveness::dead);
    for (auto change :
         {+[](Identity& one) { one.machine_id += "x"; }, +[](Identity& one) { one.boot_id += "x"; },
          +[](Identity& one) { one.pid_namespace += 1; }}) {
        Identity other = dead;
        change(other);
        EXPECT_EQ(liveness_of_mark(owner_mark(other) + "-token"), Liveness::unknown);
    }
}

TEST(OwnerMark, WhatIsNoMarkIsNobodys) {
    Identity dead = self();
    dead.pid_start += 1;
    const std::string mark = owner_mark(dead);
    const std::string host = mark.substr(0, mark.find('-'));
    for (const std::string& text :
         {std::string(), std::string("notes"), std::string("notes-1-2-3"), mark, host + "-", host + "-1-",
          host + "--1-2", host + "-x-1-", host + "-1-99999999999999999999999-"}) {
        EXPECT_FALSE(liveness_of_mark(text)) << text;
    }
}

}  // namespace
}  // namespace haul::process
