#include "flow/collect/source/ytdlp/complaint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace haul::collect {
namespace {

Code code_of(Complaint complaint) {
    const std::map<Complaint, Code> lasting = {{Complaint::gone, Code::not_found},
                                               {Complaint::forbidden, Code::denied},
                                               {Complaint::unsupported, Code::unsupported},
                                               {Complaint::no_space, Code::no_space}};
    const auto found = lasting.find(complaint);
    return found == lasting.end() ? Code::unavailable : found->second;
}

TEST(YtdlpComplaint, AddressesInsideAreForbiddenUntilThePlanAllowsThem) {
    for (const char* said :
         {"ERROR: [generic] x: Unable to download webpage: HTTP Error 403: its address is loopback, not "
          "public",
          "ERROR: [generic] x: Unable to download webpage: ('Unable to connect to proxy', OSError('Tunnel "
          "connection failed: 403 its address is private, not public'))"}) {
        EXPECT_EQ(complaint_in(said), Complaint::forbidden) << said;
        EXPECT_THAT(ytdlp_error(said, "list", "x").remedy, testing::HasSubstr("limits.allow_private"));
    }
}

// As yt-dlp 2026.10.26 wrote them, or as its extractors pass them on.
TEST(YtdlpComplaint, MeansOneOfOurErrors) {
    struct Row {
        const char* said;
        Complaint complaint;
    };
    const Row rows[] = {
        {"ERROR: [generic] x: Unable to download webpage: HTTP Error 404: Not Found (caused by <HTTPError "
         "404: "
         "Not Found>)",
         Complaint::gone},
        {"ERROR: [generic] x: Unable to download webpage: HTTP Error 410: Gone (caused by <HTTPError 410: "
         "Gone>)",
         Complaint::gone},
        {"ERROR: [youtube] abc: Video unavailable. This video has been removed by the uploader",
         Complaint::gone},
        {"ERROR: [generic] x: Unable to download webpage: HTTP Error 403: Forbidden (caused by <HTTPError "
         "403: "
         "Forbidden>)",
         Complaint::forbidden},
        {"ERROR: [youtube] abc: Private video. Sign in if you've been granted access to this video",
         Complaint::forbidden},
        {"ERROR: [youtube] abc: Sign in to confirm your age. This video may be inappropriate",
         Complaint::forbidden},
        {"ERROR: [x] y: This video is not available from your location due to geo restriction",
         Complaint::forbidden},
        {"ERROR: [youtube] abc: Sign in to confirm you’re not a bot. Use --cookies", Complaint::throttle},
        {"ERROR: [x] y: Unable to download webpage: HTTP Error 429: Too Many Requests (caused by <HTTPError "
         "429: "
         "Too Many Requests>)",
         Complaint::throttle},
        {"ERROR: [x] y: Unable to download webpage: HTTP Error 503: Service Unavailable",
         Complaint::throttle},
        {"ERROR: [x] y: Unable to download webpage: HTTP Error 502: Bad Gateway", Complaint::network},
        {"ERROR: [x] y: Unable to download webpage: The read operation timed out", Complaint::network},
        {"ERROR: [x] y: Your IP has been rate-limited by this site", Complaint::throttle},
        {"ERROR: [x] y: Please sign in to view this video", Complaint::throttle},
        {"ERROR: [x] y: Unable to download webpage: [Errno 111] Connection refused (caused by "
         "TransportError('[Errno 111] Connection refused'))",
         Complaint::network},
        {"ERROR: Unsupported URL: https://example.org/", Complaint::unsupported},
        {"ERROR: [x] y: This video is DRM protected", Complaint::unsupported},
        {"ERROR: [x] y: Requested format is not available. Use --list-formats", Complaint::unsupported},
        {"ERROR: unable to write data: [Errno 28] No space left on device", Complaint::no_space},
        {"ERROR: [x] y: words of tomorrow", Complaint::unknown},
        {"Traceback (most recent call last):\n", Complaint::unknown},
        {"", Complaint::unknown},
    };
    for (const auto& [said, complaint] : rows) {
        EXPECT_EQ(complaint_in(said), complaint) << said;
        const Code code = code_of(complaint);
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
