#include "flow/collect/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace haul::collect {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kLeast = R"(name = "n"
out = "corpus"
[[source]]
kind = "files"
path = "in"
licence = "CC0-1.0"
licence_evidence = "mine"
[accept]
licences = ["CC0-1.0"]
)";

// What is said of `kLeast` with more behind it (in [accept]).
std::string said_of(const std::string& more, const std::string& before = "") {
    const auto plan = parse_plan(before + kLeast + more, "/plans/p.toml");
    return plan ? "" : plan.error().message();
}

TEST(Plan, TheLeastHasTheDefaults) {
    const Plan plan = parse_plan(kLeast, "/plans/p.toml").value();
    EXPECT_EQ(plan.name, "n");
    EXPECT_EQ(plan.out.canonical(), "/plans/corpus");
    ASSERT_EQ(plan.sources.size(), 1U);
    EXPECT_EQ(plan.sources[0].path, "/plans/in");
    EXPECT_EQ(plan.sources[0].line, 3);
    EXPECT_EQ(plan.limits.downloads, 8U);
    EXPECT_EQ(plan.limits.per_host, 2U);
    EXPECT_DOUBLE_EQ(plan.limits.requests_per_second, 1);
    EXPECT_FALSE(plan.limits.bytes);
    EXPECT_FALSE(plan.limits.hours);
    EXPECT_FALSE(plan.limits.allow_private);
    EXPECT_DOUBLE_EQ(plan.probe.seconds, 90);
    EXPECT_DOUBLE_EQ(plan.probe.accept_channel_above, 0.7);
    EXPECT_DOUBLE_EQ(plan.accept.child_score, 0.8);
    EXPECT_EQ(plan.text, kLeast);
}

TEST(Plan, TheExampleIsRead) {
    const Plan plan = parse_plan(example_plan(), "/plans/p.toml").value();
    ASSERT_EQ(plan.sources.size(), 4U);
    EXPECT_EQ(plan.sources[2].kind, "peertube");
    EXPECT_THAT(plan.sources[2].search, ElementsAre("read aloud", "Vorlesen"));
    EXPECT_THAT(plan.accept.languages, ElementsAre("en", "de"));
    EXPECT_EQ(plan.limits.bytes, 200'000'000'000U);
    EXPECT_DOUBLE_EQ(plan.limits.hours.value(), 500);
    EXPECT_EQ(plan.contact, "you@example.org");
}

TEST(Plan, AStoreMayBeAService) {
    std::string text = kLeast;
    text.replace(text.find("\"corpus\""), 8, "\"s3://bucket/prefix\"");
    EXPECT_EQ(parse_plan(text, "p.toml").value().out.scheme, store::Scheme::s3);
}

TEST(Plan, UnknownKeysAreNamedWithTheirLine) {
    EXPECT_THAT(said_of("child_scor = 1\n"),
                AllOf(HasSubstr("line 10: accept.child_scor is no key of a plan"),
                      HasSubstr("licences, languages, child_score, speech_seconds")));
    EXPECT_THAT(said_of("[acept]\n"), HasSubstr("line 10: acept is no key"));
    EXPECT_THAT(said_of("[limits]\ndownload = 3\n"), HasSubstr("line 11: limits.download is no key"));
    EXPECT_THAT(said_of("[[source]]\nkind = \"feed\"\nurl = \"https://a.b/c\"\npath = \"x\"\n"),
                HasSubstr("line 13: source.path is no key"));
}

TEST(Plan, WrongTypesAreNamed) {
    EXPECT_THAT(said_of("child_score = \"0.8\"\n"),
                HasSubstr("line 10: accept.child_score is no number: write a number from 0 to 1"));
    EXPECT_THAT(said_of("languages = \"en\"\n"), HasSubstr("accept.languages is no list of texts"));
    EXPECT_THAT(said_of("languages = [\"en\", 3]\n"), HasSubstr("accept.languages holds what is no text"));
    EXPECT_THAT(said_of("[limits]\nbytes = 200\n"), HasSubstr("limits.bytes is no size"));
    EXPECT_THAT(said_of("[limits]\nallow_private = 1\n"), HasSubstr("neither true nor false"));
    EXPECT_THAT(said_of("[limits]\ndownloads = 2.5\n"), HasSubstr("limits.downloads is no whole number"));
    EXPECT_THAT(said_of("[[limits]]\n"), HasSubstr("limits is no table"));
    EXPECT_THAT(said_of("", "accept = 3\n"), HasSubstr("line 9: "));
}

TEST(Plan, ImpossibleValuesAreNamed) {
    EXPECT_THAT(said_of("child_score = 1.5\n"), HasSubstr("accept.child_score is out of bounds"));
    EXPECT_THAT(said_of("child_score = nan\n"), HasSubstr("accept.child_score is no number"));
    EXPECT_THAT(said_of("[limits]\ndownloads = 65\n"), HasSubstr("from 1 to 64"));
    EXPECT_THAT(said_of("[limits]\nper_host = 0\n"), HasSubstr("limits.per_host is out of bounds"));
    EXPECT_THAT(said_of("[limits]\nhours = 0\n"), HasSubstr("limits.hours is out of bounds"));
    EXPECT_THAT(said_of("[limits]\nbytes = \"0GB\"\n"), HasSubstr("limits.bytes is no size"));
    EXPECT_THAT(said_of("[probe]\nseconds = 1\n"), HasSubstr("probe.seconds is out of bounds"));
    EXPECT_THAT(said_of("[[source]]\nkind = \"radio\"\n"), HasSubstr("source.kind is none that there is"));
    EXPECT_THAT(said_of("[[source]]\nkind = \"feed\"\nurl = \"ftp://a\"\n"), HasSubstr("is no web address"));
    EXPECT_THAT(said_of("[[source]]\nkind = \"yt-dlp\"\nurls = [\"a b\"]\n"), HasSubstr("no web address"));
}

// What is said of `kLeast` with one text in the place of another.
std::string said_with(const std::string& from, const std::string& to) {
    std::string text = kLeast;
    text.replace(text.rfind(from), from.size(), to);
    const auto plan = parse_plan(text, "/plans/p.toml");
    return plan ? "" : plan.error().message();
}

TEST(Plan, LicencesAreThoseThatSourcesCanName) {
    const auto accepts = [](const std::string& list) { return said_with(R"(["CC0-1.0"])", list); };
    for (const char* fine : {R"(["CC-BY-SA-2.1-JP", "MIT"])", R"(["LicenseRef-Consent-2026.1"])"})
        EXPECT_EQ(accepts(fine), "") << fine;
    EXPECT_THAT(accepts(R"(["CC0-1.0", "CC BY 4"])"),
                AllOf(HasSubstr("line 9: accept.licences holds \"CC BY 4\", which is no SPDX id"),
                      HasSubstr("did you mean \"CC-BY-4.0\"?"), HasSubstr("CC0-1.0, CDLA-Permissive-1.0"),
                      HasSubstr("Unlicense; one of your own is \"LicenseRef-")));
    EXPECT_THAT(accepts(R"(["cc-by-4.0"])"), HasSubstr("did you mean \"CC-BY-4.0\"?"));
    EXPECT_THAT(accepts(R"(["CC-BY-4.O"])"), HasSubstr("did you mean \"CC-BY-4.0\"?"));
    EXPECT_THAT(accepts(R"(["Creative Commons Attribution 4.0"])"), HasSubstr("did you mean \"CC-BY-4.0\"?"));
    EXPECT_THAT(accepts(R"(["anything that is free"])"),
                AllOf(HasSubstr("known are CC-BY-1.0"), Not(HasSubstr("did you mean"))));
    for (const char* bad : {R"(["LicenseRef-"])", R"(["LicenseRef-a b"])", R"([" CC0-1.0"])"})
        EXPECT_THAT(accepts(bad), HasSubstr("line 9: accept.licences holds")) << bad;
}

TEST(Plan, TheLicenceOfFilesIsUnderstood) {
    const auto of_files = [](const std::string& licence) {
        return said_with(R"(licence = "CC0-1.0")", "licence = \"" + licence + "\"");
    };
    for (const char* fine :
         {"CC-BY-4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "LicenseRef-Consent"})
        EXPECT_EQ(of_files(fine), "") << fine;
    EXPECT_THAT(of_files("CC BY"),
                AllOf(HasSubstr("line 6: source.licence is \"CC BY\", which is no SPDX id"),
                      HasSubstr("known are ")));
}

TEST(Plan, LanguagesAreCodes) {
    EXPECT_EQ(said_of("languages = [\"en\", \"haw\"]\n"), "");
    EXPECT_EQ(said_of("languages = []\n"), "");
    for (const char* bad : {"english", "EN", "en-GB", "e", "und", "\u00E9"})
        EXPECT_THAT(
            said_of("languages = [\"de\", \"" + std::string(bad) + "\"]\n"),
            AllOf(HasSubstr("line 10: accept.languages holds \"" + std::string(bad) + "\", which is no code"),
                  HasSubstr("such as \"en\"")));
}

TEST(Plan, WhatIsMissingIsNamed) {
    const auto empty = parse_plan("", "p.toml").error().message();
    for (const char* key : {"name is missing", "out is missing", "source is missing", "allows no licence"})
        EXPECT_THAT(empty, HasSubstr(key));
    EXPECT_THAT(said_of("[[source]]\nkind = \"files\"\n"),
                AllOf(HasSubstr("line 10: source.path is missing"), HasSubstr("source.licence is missing"),
                      HasSubstr("source.licence_evidence is missing")));
    EXPECT_THAT(said_of("[[source]]\nkind = \"feed\"\nurl = \"https://a.b/c\"\n"),
                HasSubstr("contact is missing"));
}

TEST(Plan, AllThatIsWrongIsSaidInTheOrderOfLines) {
    const std::string said = said_of("child_score = 2\nwhat = 1\n[limits]\nper_host = 0\n");
    const auto first = said.find("line 10"), second = said.find("line 11"), third = said.find("line 13");
    ASSERT_NE(third, std::string::npos);
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_THAT(parse_plan("", "p.toml").error().remedy, HasSubstr("haul collect --example"));
}

TEST(Plan, NoTomlIsNamedWithItsLine) {
    EXPECT_THAT(said_of("x = = 3\n"), HasSubstr("line 10: "));
    EXPECT_EQ(read_plan("/nowhere/plan.toml").error().code, Code::not_found);
}

TEST(Plan, NamesAndContactsAreText) {
    std::string text = kLeast;
    text.replace(text.find("\"n\""), 3, "\"a/b\"");
    EXPECT_THAT(parse_plan(text, "p").error().message(), HasSubstr("name is no name"));
    EXPECT_THAT(said_of("", "contact = \"me\"\n"), HasSubstr("contact is no address"));
    EXPECT_THAT(said_of("", "contact = \"me@a\\r\\nX: y\"\n"), HasSubstr("contact is no address"));
}

}  // namespace
}  // namespace haul::collect
