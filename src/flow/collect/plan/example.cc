#include "flow/collect/plan/plan.h"

namespace haul::collect {

std::string_view example_plan() {
    return R"(# A plan for `haul collect PLAN.toml`. Paths start at the folder that this file lies in.

name = "stories"             # name and out make the job: the same plan continues it, changed or not
out = "corpus/stories"       # a folder, or s3://bucket/prefix
contact = "you@example.org"  # goes into the user agent, so that operators of servers can reach you

# Where media is found: as many sources as you like.

[[source]]
kind = "files"                            # a folder on this machine, with its subfolders; each folder is a channel
path = "/data/recordings"
licence = "CC-BY-4.0"                     # of all of it: you say so, and why
licence_evidence = "signed forms, 2026-03"

[[source]]
kind = "feed"                             # RSS or Atom with enclosures: a podcast
url = "https://example.org/feed.xml"

[[source]]
kind = "peertube"                         # a PeerTube instance
url = "https://video.example.org"
search = ["read aloud", "Vorlesen"]

[[source]]
kind = "yt-dlp"                           # a channel or playlist of what yt-dlp knows
urls = ["https://media.example.org/channel"]
accept_terms = false                      # true: you have read and accept YouTube's terms; without it YouTube is refused

[accept]                     # what becomes part of the corpus
licences = ["CC0-1.0", "CC-BY-4.0"]  # SPDX; what is not listed, or not known, is refused
languages = ["en", "de"]     # needs `haul models build language`, once; none: any
child_score = 0.8            # at least, 0 to 1
speech_seconds = 3.0         # at least

[limits]
downloads = 8                # at once, at most 64
per_host = 2                 # requests at once to one host
requests_per_second = 1.0    # to one host
bytes = "200GB"              # of all recordings; none: no limit
hours = 500                  # of accepted speech; none: no limit
allow_private = false        # true: addresses of private networks and of this machine, too

[probe]                      # of each channel one item is judged before anything else of it is fetched
seconds = 90                 # of which so much is fetched
accept_channel_above = 0.7   # child score, 0 to 1
)";
}

}  // namespace haul::collect
