// What the ledger of a corpus knows, by kind of fact, as values.
//
//   candidate ID           found: Candidate. The latest that its source said
//   item CHANNEL/NUMBER    ID of a candidate that the channel has; numbered from 1 as they were found
//   item_count CHANNEL     how many that are
//   channel CHANNEL        Channel
//   left_out ID            LeftOut: a candidate that will not become a recording
//   recording ID           Recording: its file is in the corpus
//   hash SHA256            ID of the recording that has these bytes
//   plan NNNNNN            the plan's revisions
//   left_search KEY        payload of a search unit whose source the plan has no more
//   due WHAT               what a run that was cut short has left: judge, rebuild
//
// What decisions/decisions.h keeps beside them stands there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "flow/collect/item/item.h"
#include "flow/collect/recording/recording.h"
#include "ledger/ledger.h"

namespace haul::collect {

inline constexpr const char *kCandidateFact = "candidate", *kItemFact = "item",
                            *kItemCountFact = "item_count", *kChannelFact = "channel",
                            *kLeftOutFact = "left_out", *kRecordingFact = "recording", *kHashFact = "hash",
                            *kPlanFact = "plan", *kLeftSearchFact = "left_search", *kDueFact = "due";
// Stored scores are to be judged by a plan that changed; the ledger is younger than the corpus.
inline constexpr const char *kJudge = "judge", *kRebuild = "rebuild";

enum class ChannelState : std::uint8_t {
    probing,   // a probe unit judges it, or will
    accepted,  // its items are downloaded
    closed,    // no more of it is fetched
    idle,      // none of its items so far was fit to be judged
};
[[nodiscard]] std::string_view name_of(ChannelState state);

struct Channel {
    ChannelState state = ChannelState::probing;
    Candidate of{};                      // one of its items: what the source needs to list it
    std::string probe{};                 // id of the item that was judged
    std::optional<double> score{};       // child score of it
    std::string language{};              // found in it; empty: not known
    std::vector<std::string> reasons{};  // why it is closed
    std::uint64_t probe_bytes = 0;       // fetched to judge it
    std::uint64_t tried = 0;             // items up to this number were
    unsigned unsure = 0;                 // of these were heard, and decided nothing
};

struct LeftOut {
    // A stable word: licence_unknown, licence_unwanted, terms_not_accepted, duplicate, gone, forbidden,
    // unsupported, undecodable, source_removed, erased.
    std::string why{};
    std::string detail{};
    std::string of{};  // duplicate: of that recording
};

[[nodiscard]] ledger::Fact fact_of(const Candidate& candidate);
// What is found later has a higher number, so that whoever goes through a channel's items meets it.
struct Item {
    std::uint64_t number = 0;
    std::string id{};
};
[[nodiscard]] ledger::Fact fact_of(const std::string& channel_id, const Item& item);
[[nodiscard]] ledger::Fact item_count_fact(const std::string& channel_id, std::uint64_t count);
[[nodiscard]] ledger::Fact fact_of(const std::string& channel_id, const Channel& channel);
[[nodiscard]] ledger::Fact fact_of(const std::string& id, const LeftOut& left_out);
[[nodiscard]] ledger::Fact fact_of(const Recording& recording);

[[nodiscard]] Result<Channel> channel_from(const std::string& value, const std::string& key);
[[nodiscard]] Result<LeftOut> left_out_from(const std::string& value, const std::string& key);

// nullopt: there is none.
[[nodiscard]] Result<std::optional<Candidate>> candidate_at(const ledger::Ledger& ledger,
                                                            const std::string& id);
[[nodiscard]] Result<std::optional<Channel>> channel_at(const ledger::Ledger& ledger, const std::string& id);
[[nodiscard]] Result<std::optional<LeftOut>> left_out_at(const ledger::Ledger& ledger, const std::string& id);
[[nodiscard]] Result<std::optional<Recording>> recording_at(const ledger::Ledger& ledger,
                                                            const std::string& id);

// A channel's items behind the number `after`, in their order, at most `limit`.
[[nodiscard]] Result<std::vector<Item>> items_of(const ledger::Ledger& ledger, const std::string& channel_id,
                                                 std::uint64_t after, std::size_t limit);
[[nodiscard]] Result<std::uint64_t> item_count_of(const ledger::Ledger& ledger,
                                                  const std::string& channel_id);

}  // namespace haul::collect
