#include "flow/collect/source/ytdlp/complaint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haul::collect {
namespace {

// As yt-dlp 2026.10.26 wrote them, or as its extractors pass them on.
TEST(YtdlpComplaint, MeansOneOfOurErrors) {
    const std::pair<const char*, Code> rows[] = {
        {"ERROR: [generic] x: Unable to download webpage: HTTP Error 404: Not Found (caused by <HTTPError "
         "404: "
         "Not Found>)",
         Code::not_found},
        {"ERROR: [generic] x: Unable to download webpage: HTTP Error 410: Gone (caused by <HTTPError 410: "
         "Gone>)",
         Code::not_found},
        {"ERROR: [youtube] abc: Video unavailable. This video has been removed by the uploader",
         Code::not_found},
        {"ERROR: [generic] x: Unable to download webpage: HTTP Error 403: Forbidden (caused by <HTTPError "
         "403: "
         "Forbidden>)",
         Code::denied},
        {"ERROR: [youtube] abc: Private video. Sign in if you've been granted access to this video",
         Code::denied},
        {"ERROR: [youtube] abc: Sign in to confirm your age. This video may be inappropriate", Code::denied},
        {"ERROR: [x] y: This video is not available from your location due to geo restriction", Code::denied},
        {"ERROR: [youtube] abc: Sign in to confirm you’re not a bot. Use --cookies", Code::unavailable},
        {"ERROR: [x] y: Unable to download webpage: HTTP Error 429: Too Many Requests (caused by <HTTPError "
         "429: "
         "Too Many Requests>)",
         Code::unavailable},
        {"ERROR: [x] y: Unable to download webpage: HTTP Error 503: Service Unavailable", Code::unavailable},
        {"ERROR: [x] y: Unable to download webpage: [Errno 111] Connection refused (caused by "
         "TransportError('[Errno 111] Connection refused'))",
         Code::unavailable},
        {"ERROR: Unsupported URL: https://example.org/", Code::unsupported},
        {"ERROR: [x] y: This video is DRM protected", Code::unsupported},
        {"ERROR: [x] y: Requested format is not available. Use --list-formats", Code::unsupported},
        {"ERROR: unable to write data: [Errno 28] No space left on device", Code::no_space},
        {"ERROR: [x] y: words of tomorrow", Code::unavailable},
        {"Traceback (most recent call last):\n", Code::unavailable},
        {"", Code::unavailable},
    };
    for (const auto& [said, code] : rows) {
        const Error error = ytdlp_error(said, "describe", "https://example.org/");
        EXPECT_EQ(error.code, code) << said;
        EXPECT_EQ(error.retry, code == Code::unavailable ? Retry::later : Retry::never) << said;
        EXPECT_THAT(error.message(), testing::HasSubstr("https://example.org/"));
    }
}

TEST(YtdlpComplaint, TheLastErrorCounts) {
    const Error error = ytdlp_error(
        "WARNING: HTTP Error 404\nERROR: first, HTTP Error 503\nERROR: [x] y: Private video\x1b[0m\n",
        "fetch", "x");
    EXPECT_EQ(error.code, Code::denied);
    EXPECT_THAT(error.detail, testing::Not(testing::HasSubstr("\x1b")));
}

}  // namespace
}  // namespace haul::collect
