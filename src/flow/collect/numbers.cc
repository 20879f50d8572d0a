#include "flow/collect/numbers.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace haul::collect {
namespace {

using report::Number;

// A corpus of feeds may ask thousands of hosts: those asked most are shown, and the others as one.
constexpr std::size_t kMostHosts = 100;

void tell_temporaries(const Corpus& corpus, std::vector<Number>& numbers) {
    const auto now = corpus.temporaries();
    if (!now) return;
    numbers.push_back({.name = "haul_temporaries",
                       .help = "Files that are on their way into the corpus.",
                       .value = static_cast<double>(now->files)});
    numbers.push_back({.name = "haul_temporaries_bytes",
                       .help = "Bytes of them.",
                       .value = static_cast<double>(now->bytes)});
    numbers.push_back({.name = "haul_temporaries_oldest_seconds",
                       .help = "How long ago the oldest of them was begun.",
                       .value = static_cast<double>(now->oldest.count())});
    numbers.push_back({.name = "haul_temporaries_untouched_seconds",
                       .help = "How long the one left alone longest was not written to.",
                       .value = static_cast<double>(now->untouched.count())});
}

void count_by(const char* name, const char* help, const char* label,
              const std::map<std::string, std::uint64_t>& counts, std::vector<Number>& numbers) {
    for (const auto& [value, count] : counts)
        numbers.push_back({.name = name,
                           .help = help,
                           .type = Number::Type::counter,
                           .labels = {{label, value}},
                           .value = static_cast<double>(count)});
}

void tell_verdicts(const Verdicts::Counts& counts, std::vector<Number>& numbers) {
    count_by("haul_recordings_judged_total", "Recordings that were heard and judged.", "verdict",
             {{"accepted", counts.accepted}, {"rejected", counts.rejected}}, numbers);
    count_by("haul_reasons_against_total", "Reasons against recordings; one may have several.", "reason",
             counts.against, numbers);
    count_by("haul_left_out_total", "Candidates that become no recording.", "why", counts.left_out, numbers);
    count_by("haul_channels_probed_total", "Channels that were decided on.", "state", counts.channels,
             numbers);
}

std::vector<std::pair<std::string, HostCount>> most_asked(const Web& web) {
    const auto all = web.counts();
    std::vector<std::pair<std::string, HostCount>> hosts(all.begin(), all.end());
    std::ranges::stable_sort(
        hosts, [](const auto& a, const auto& b) { return a.second.requests > b.second.requests; });
    if (hosts.size() <= kMostHosts) return hosts;
    HostCount others;
    for (std::size_t i = kMostHosts; i < hosts.size(); ++i) {
        const HostCount& one = hosts[i].second;
        others.requests += one.requests;
        others.throttled += one.throttled;
        others.failures += one.failures;
        others.bytes += one.bytes;
        others.waiting += one.waiting;
    }
    hosts.resize(kMostHosts);
    hosts.emplace_back("", others);
    return hosts;
}

void tell_hosts(const Web& web, std::vector<Number>& numbers) {
    const auto hosts = most_asked(web);
    const auto tell = [&](const char* name, const char* help, Number::Type type,
                          std::uint64_t HostCount::* what) {
        for (const auto& [host, count] : hosts)
            numbers.push_back({.name = name,
                               .help = help,
                               .type = type,
                               .labels = {{"host", host}},
                               .value = static_cast<double>(count.*what)});
    };
    tell("haul_host_requests_total", "Requests to a host.", Number::Type::counter, &HostCount::requests);
    tell("haul_host_throttled_total", "Answers by which a host asked for a pause.", Number::Type::counter,
         &HostCount::throttled);
    tell("haul_host_failures_total", "Requests to a host that failed.", Number::Type::counter,
         &HostCount::failures);
    tell("haul_host_bytes_total", "Bytes of its bodies.", Number::Type::counter, &HostCount::bytes);
    tell("haul_host_waiting", "Requests that wait for their turn at a host.", Number::Type::gauge,
         &HostCount::waiting);
}

}  // namespace

report::Numbers::Shown show_numbers(const Work& work, const Web& web) {
    return work.hub.numbers().show([&work, &web](std::vector<Number>& numbers) {
        numbers.push_back({.name = "haul_corpus_bytes",
                           .help = "Bytes of all recordings of the corpus.",
                           .value = static_cast<double>(work.bytes.load())});
        numbers.push_back({.name = "haul_corpus_accepted_seconds",
                           .help = "Speech in its accepted recordings.",
                           .value = static_cast<double>(work.accepted_ms.load()) / 1000});
        numbers.push_back({.name = "haul_probe_bytes_total",
                           .help = "Bytes that probes of this run fetched.",
                           .type = Number::Type::counter,
                           .value = static_cast<double>(work.probe_bytes.load())});
        tell_temporaries(work.corpus, numbers);
        tell_verdicts(work.verdicts.counts(), numbers);
        tell_hosts(web, numbers);
    });
}

}  // namespace haul::collect
