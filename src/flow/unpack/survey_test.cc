#include "flow/unpack/survey.h"

#include <gtest/gtest.h>

#include "flow/unpack/work_harness.h"

namespace haul::unpack {
namespace {

using harness::File;

TEST(Counted, KindsApartAndBackFromJson) {
    Counted counted;
    for (const auto& [kind, size] : {std::pair{zip::Kind::file, 5U},
                                     {zip::Kind::file, 7U},
                                     {zip::Kind::folder, 0U},
                                     {zip::Kind::symlink, 9U}}) {
        Item item;
        item.kind = kind;
        item.size = size;
        counted.add(item);
    }
    const std::string text = json::dump(to_json(counted));
    EXPECT_EQ(text, R"({"files":2,"folders":1,"symlinks":1,"bytes":12})");
    const auto back = counted_from(json::parse(text, "x").value(), "x");
    ASSERT_TRUE(back);
    EXPECT_EQ(json::dump(to_json(*back)), text);
    EXPECT_FALSE(counted_from(json::parse(R"({"files":2})", "x").value(), "x"));
}

class SurveyTest : public harness::UnpackTest {};

TEST_F(SurveyTest, LooksThroughAllArchives) {
    add_archive("a.zip", harness::zip_of({{"folder", {}, zip::Kind::folder},
                                          {"folder/f", "four"},
                                          {"l", "f", zip::Kind::symlink}}));
    add_archive("b.zip", harness::zip_of({{"folder/g", "more"}, {"h", "1"}}));
    const Counted all = count_wanted(scope()).value();
    EXPECT_EQ(json::dump(to_json(all)), R"({"files":3,"folders":1,"symlinks":1,"bytes":9})");
    include_ = Glob::parse("folder/").value();
    const Counted some = count_wanted(scope()).value();
    EXPECT_EQ(json::dump(to_json(some)), R"({"files":2,"folders":1,"symlinks":0,"bytes":8})");
}

TEST_F(SurveyTest, ASetsRecordSaysItUnlessSomeAreLeftOut) {
    archives_.set.emplace();
    archives_.set->files = 5;
    archives_.set->folders = 4;
    archives_.set->symlinks = 3;
    archives_.set->bytes = 2;
    EXPECT_EQ(json::dump(to_json(count_wanted(scope()).value())),
              R"({"files":5,"folders":4,"symlinks":3,"bytes":2})");
    include_ = Glob::parse("*").value();
    EXPECT_EQ(count_wanted(scope()).value().files, 0) << "it has no parts to look through";
}

}  // namespace
}  // namespace haul::unpack
