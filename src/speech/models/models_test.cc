#include "speech/models/models.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/digest.h"
#include "base/file.h"
#include "base/test_folder.h"
#include "speech/models/catalogue.h"
#include "speech/models/change.h"

namespace haul::speech {
namespace {

namespace fs = std::filesystem;

class Models : public ::testing::Test {
  protected:
    std::string written(const std::string& name, const std::string& bytes) {
        EXPECT_TRUE(file::write_durably(AT_FDCWD, space_.path(name), bytes, false));
        return space_.path(name);
    }
    Addition addition(const std::string& bytes, Role role = Role::child) {
        return {.role = role,
                .path = written("own network.onnx", bytes),
                .sha256 = digest::sha256_hex(bytes),
                .labels = {"adult", "child"},
                .input = Input::log_mel};
    }
    Model added(const std::string& bytes, Role role = Role::child) {
        auto model = add(folder_, addition(bytes, role));
        EXPECT_TRUE(model) << model.error().message();
        return model ? *model : Model{};
    }
    // As a build of ours leaves it.
    Model built(const std::string& bytes) {
        auto change = Change::begin(folder_);
        EXPECT_TRUE(change) << change.error().message();
        const std::string made = change->workplace() + "/made";
        EXPECT_TRUE(file::write_durably(AT_FDCWD, made, bytes, true));
        Model model = model_of(*find_ours("language"));
        model.id.sha256 = digest::sha256_hex(bytes);
        return *change->put(made, model);
    }
    std::set<std::string> names() const {
        std::set<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder_)) found.insert(entry.path().filename());
        return found;
    }
    std::optional<Model> found(Role role) const {
        auto model = find_model(folder_, role);
        EXPECT_TRUE(model) << model.error().message();
        return model ? *model : std::nullopt;
    }

    test::Folder space_;
    std::string folder_ = space_.path("data/haul/models");
};

TEST_F(Models, WithoutAFolderThereAreNone) {
    EXPECT_EQ(found(Role::language), std::nullopt);
    EXPECT_TRUE(verify(folder_)->empty());
    const auto listed = list(folder_);
    ASSERT_TRUE(listed);
    EXPECT_EQ(listed->size(), catalogue().size());
    for (const Listed& one : *listed) EXPECT_TRUE(!one.there && !one.decides && one.model.path.empty());
    EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(Models, AnOperatorsModelIsCopiedInAndFound) {
    const Model model = added("weights");
    fs::remove(space_.path("own network.onnx"));
    EXPECT_EQ(found(Role::child), model);
    EXPECT_EQ(model.id, (ModelId{"own_network", digest::sha256_hex("weights")}));
    EXPECT_EQ(model.input, Input::log_mel);
    EXPECT_THAT(model.labels, ::testing::ElementsAre("adult", "child"));
    EXPECT_EQ(*file::read_whole(model.path, 100), "weights");
    EXPECT_EQ(found(Role::language), std::nullopt);
}

TEST_F(Models, AWrongHashIsRefusedAndNothingIsLeft) {
    const Model before = added("good");
    const auto names_before = names();
    Addition bad = addition("other bytes");
    bad.sha256 = std::string(64, 'a');
    const auto refused = add(folder_, bad);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::corrupt);
    EXPECT_THAT(refused.error().detail, ::testing::HasSubstr(digest::sha256_hex("other bytes")));
    EXPECT_EQ(names(), names_before);
    EXPECT_EQ(found(Role::child), before);
}

TEST_F(Models, WhatMakesNoSenseIsRefused) {
    const auto refused = [&](auto&& spoil) {
        Addition one = addition("weights", Role::language);
        spoil(one);
        const auto result = add(folder_, one);
        return !result && result.error().code == Code::usage && !result.error().remedy.empty();
    };
    EXPECT_TRUE(refused([](Addition& one) { one.role = Role::activity; }));
    EXPECT_TRUE(refused([](Addition& one) { one.sha256 = "abc"; }));
    EXPECT_TRUE(refused([](Addition& one) { one.labels = {"en", "en"}; }));
    EXPECT_TRUE(refused([](Addition& one) { one.labels = {"en", ""}; }));
    EXPECT_TRUE(refused([](Addition& one) { one.labels = {}; }));
    EXPECT_FALSE(fs::exists(folder_));
    Addition missing = addition("weights");
    fs::remove(missing.path);
    EXPECT_EQ(add(folder_, missing).error().code, Code::not_found);
    missing.path = space_.path();
    EXPECT_EQ(add(folder_, missing).error().code, Code::usage);
}

TEST_F(Models, AHashMayBeWrittenInCapitals) {
    Addition one = addition("weights");
    for (char& c : one.sha256) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(add(folder_, one)->id.sha256, digest::sha256_hex("weights"));
}

TEST_F(Models, TheOperatorsGoesBeforeOursUntilItIsRemoved) {
    const Model ours = built("ours");
    const Model own = added("own", Role::language);
    EXPECT_EQ(found(Role::language), own);
    built("ours");
    EXPECT_EQ(found(Role::language), own);
    ASSERT_TRUE(remove(folder_, Role::language));
    EXPECT_EQ(found(Role::language), ours);
    EXPECT_FALSE(fs::exists(own.path));
    EXPECT_EQ(remove(folder_, Role::language).error().code, Code::not_found);
}

TEST_F(Models, AnotherOfTheOperatorsTakesThePlaceOfTheFirst) {
    const Model first = added("first"), other = added("language", Role::language), second = added("second");
    EXPECT_EQ(found(Role::child), second);
    EXPECT_EQ(found(Role::language), other);
    EXPECT_FALSE(fs::exists(first.path));
}

TEST_F(Models, TheListSaysWhatIsThereAndWhatDecides) {
    built("ours");
    added("own", Role::language);
    const auto listed = list(folder_);
    ASSERT_TRUE(listed);
    std::vector<std::string> lines;
    for (const Listed& one : *listed)
        lines.push_back(one.model.id.name + (one.there ? " there" : "") + (one.decides ? " decides" : ""));
    EXPECT_THAT(lines, ::testing::ElementsAre("silero-vad", "whisper-block-child",
                                              "whisper-base-language there", "own_network there decides"));
}

TEST_F(Models, AChangedFileIsNamedWithItsRemedy) {
    const Model ours = built("ours");
    const Model own = added("own");
    ASSERT_TRUE(file::write_durably(AT_FDCWD, ours.path, "Ours", false));
    const auto refused = find_model(folder_, Role::language);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::corrupt);
    EXPECT_THAT(refused.error().remedy, ::testing::HasSubstr("haul models build whisper-base-language"));
    const auto checked = verify(folder_);
    ASSERT_EQ(checked->size(), 2U);
    EXPECT_TRUE((*checked)[0].damage && !(*checked)[1].damage);
    fs::remove(own.path);
    EXPECT_THAT(find_model(folder_, Role::child).error().detail, ::testing::HasSubstr("gone"));
    built("ours");
    EXPECT_EQ(found(Role::language), ours);
}

TEST_F(Models, ADamagedListIsRefused) {
    added("own");
    const std::string path = folder_ + "/models.json";
    const std::string good = *file::read_whole(path, 10000);
    const auto spoilt = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        EXPECT_TRUE(file::write_durably(AT_FDCWD, path, text, false));
        const auto result = find_model(folder_, Role::child);
        return result ? "accepted " + to
                      : std::string(name_of(result.error().code)) +
                            (result.error().remedy.empty() ? " without remedy" : "");
    };
    EXPECT_EQ(spoilt("{", "["), "corrupt");
    EXPECT_EQ(spoilt("haul-models/1", "haul-models/2"), "corrupt");
    EXPECT_EQ(spoilt("\"child\"", "\"children\""), "corrupt");
    EXPECT_EQ(spoilt("log-mel", "video"), "corrupt");
    EXPECT_EQ(spoilt("\"own_network-", "\"../models/own_network-"), "corrupt");
    EXPECT_EQ(spoilt("\"sha256\"", "\"sha\""), "corrupt");
}

TEST_F(Models, OneProcessChangesAFolderAtATime) {
    const auto change = Change::begin(folder_);
    ASSERT_TRUE(change);
    const auto refused = add(folder_, addition("weights"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::busy);
}

TEST_F(Models, WhatAKilledChangeLeftIsRemoved) {
    const Model model = added("own");
    ASSERT_TRUE(file::make_folders(AT_FDCWD, folder_ + "/.new-0123abcd/venv/lib"));
    ASSERT_TRUE(
        file::write_durably(AT_FDCWD, folder_ + "/child-000000000000.onnx", "renamed, not recorded", true));
    const Model other = added("language", Role::language);
    EXPECT_THAT(names(),
                ::testing::UnorderedElementsAre(".lock", "models.json", fs::path(model.path).filename(),
                                                fs::path(other.path).filename()));
}

TEST_F(Models, RoomIsAskedForBeforeAnythingIsDone) {
    const auto change = Change::begin(folder_);
    const auto refused = change->need(std::uint64_t{1} << 62U);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::no_space);
    EXPECT_TRUE(change->need(1));
}

TEST(ModelNames, AreReadAsTheyAreWritten) {
    for (const Role role : {Role::activity, Role::child, Role::language})
        EXPECT_EQ(role_named(name_of(role)), role);
    for (const Input input : {Input::pcm, Input::log_mel}) EXPECT_EQ(input_named(name_of(input)), input);
    EXPECT_EQ(role_named("speech"), std::nullopt);
}

TEST(ModelNames, OursHaveALabelForEachLanguage) {
    const Model model = model_of(*find_ours("language"));
    EXPECT_EQ(model.labels.size(), 99U);
    EXPECT_EQ(std::set(model.labels.begin(), model.labels.end()).size(), 99U);
    EXPECT_EQ(model, model_of(*find_ours("whisper-base-language")));
    EXPECT_EQ(find_ours("whisper"), std::nullopt);
}

TEST(ModelFolder, ComesFromTheEnvironment) {
    const char* data = std::getenv("XDG_DATA_HOME");
    const std::string before = data == nullptr ? "" : data;
    ::setenv("XDG_DATA_HOME", "/data", 1);
    EXPECT_EQ(*default_folder(), "/data/haul/models");
    ::setenv("XDG_DATA_HOME", "relative", 1);
    EXPECT_THAT(*default_folder(), ::testing::EndsWith("/.local/share/haul/models"));
    if (data == nullptr)
        ::unsetenv("XDG_DATA_HOME");
    else
        ::setenv("XDG_DATA_HOME", before.c_str(), 1);
}

}  // namespace
}  // namespace haul::speech
