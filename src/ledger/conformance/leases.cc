// Claims, leases and the epochs that fence them.
#include <array>
#include <chrono>
#include <string>

#include "base/clock.h"
#include "ledger/conformance/checks.h"

namespace haul::ledger::conformance {

using std::chrono::milliseconds;

Status each_claim_raises_epoch(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    std::uint64_t last = 0;
    for (int turn = 0; turn < 4; ++turn) {
        const Lease lease = TRY(claim_one(*ledger));
        TRY(expect(lease.ref.epoch > last, "the epoch of a claim is not above the last"));
        last = lease.ref.epoch;
        TRY(ledger->release(lease.ref));
    }
    return {};
}

Status old_epoch_is_fenced(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    const Lease first = TRY(claim_one(*ledger));
    TRY(ledger->release(first.ref));
    const Lease second = TRY(claim_one(*ledger));
    const std::string before = TRY(contents(*ledger));

    const LeaseRef unknown{.unit = 4711, .epoch = 1};
    for (const LeaseRef& lost : {first.ref, unknown}) {
        const std::array leases{second.ref, lost};
        TRY(expect_refused(ledger->renew(leases, std::chrono::seconds(1)), Code::fenced, "renew"));
        TRY(expect_refused(ledger->checkpoint(lost, "x", {.facts = {{"k", "a", "1"}}}), Code::fenced,
                           "checkpoint"));
        TRY(expect_refused(ledger->finish(lost, adding({part("2")})), Code::fenced, "finish"));
        TRY(expect_refused(ledger->fail(lost, FailKind::failure, some_error(), {}), Code::fenced, "fail"));
        TRY(expect_refused(ledger->release(lost), Code::fenced, "release"));
    }
    TRY(expect(TRY(contents(*ledger)) == before, "a fenced call changed something"));
    TRY(ledger->finish(second.ref, {}));
    TRY(expect_refused(ledger->finish(second.ref, {}), Code::fenced, "finish of a done unit"));
    return expect_refused(ledger->release(second.ref), Code::fenced, "release of a done unit");
}

Status lower_order_first(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("d", 5), part("c", -1), part("a", 5), part("b", 0)}));
    NewUnit other = part("e", 0);
    other.kind = "other";
    TRY(ledger->record(adding({other})));
    std::string order;
    for (const Lease& lease : TRY(claim_many(*ledger, 2))) order += lease.key;
    for (const Lease& lease : TRY(claim_many(*ledger, 9))) order += lease.key;
    return expect(order == "cbeda", "claimed as " + order + " and not cbeda");
}

Status claim_honours_kinds_and_count(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1"), part("2"), part("3")}));
    TRY(ledger->record(adding({{.kind = "other", .key = "1", .payload = "o"}})));
    const auto claim = [&](std::vector<std::string> kinds, std::size_t count) {
        return ledger->claim({.kinds = std::move(kinds), .count = count, .owner = "conformance"});
    };
    TRY(expect(TRY(claim({"part"}, 0)).empty(), "a claim of none gave some"));
    TRY(expect(TRY(claim({"nothing"}, 9)).empty(), "a claim of a kind without units gave some"));
    TRY(expect(TRY(claim({"part"}, 2)).size() == 2, "a claim of two did not give two"));
    const auto others = TRY(claim({"other", "nothing", "other"}, 9));
    TRY(expect(others.size() == 1 && others[0].payload == "o",
               "a claim of a kind did not give its one unit"));
    return expect(TRY(claim({}, 9)).size() == 1, "a claim of any kind did not give the one left");
}

Status lease_runs_out(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1"), part("2")}));
    const Lease kept = TRY(claim_one(*ledger));
    const Lease lost = TRY(claim_one(*ledger, milliseconds(1)));
    clock::sleep(milliseconds(5), {});
    const Lease next = TRY(claim_in_time(*ledger));
    TRY(expect(next.ref.unit == lost.ref.unit, "another unit was given than the one whose lease ran out"));
    TRY(expect(next.ref.epoch > lost.ref.epoch, "the epoch did not rise"));
    TRY(expect_refused(ledger->finish(lost.ref, {}), Code::fenced, "finish under the lease that ran out"));
    TRY(expect(TRY(claim_many(*ledger, 9)).empty(), "a lease without an end ran out"));
    return ledger->finish(kept.ref, {});
}

Status renewed_lease_holds(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1")}));
    const Lease lease = TRY(claim_one(*ledger, milliseconds(1)));
    const std::array leases{lease.ref};
    TRY(ledger->renew(leases, std::chrono::hours(1)));
    clock::sleep(milliseconds(5), {});
    TRY(expect(TRY(claim_many(*ledger, 1)).empty(), "a renewed lease ran out"));
    TRY(ledger->renew(leases, {}));
    return ledger->finish(lease.ref, {});
}

Status renew_is_all_or_nothing(const Factory& factory) {
    const auto ledger = TRY(make_with(factory, {part("1"), part("2")}));
    const Lease lost = TRY(claim_one(*ledger));
    const Lease held = TRY(claim_one(*ledger, milliseconds(1)));
    TRY(ledger->release(lost.ref));
    const std::array leases{held.ref, lost.ref};
    const Status renewed = ledger->renew(leases, std::chrono::hours(1));
    TRY(expect_refused(renewed, Code::fenced, "renew"));
    const std::string name = std::to_string(lost.ref.unit);
    TRY(expect(renewed.error().subject.find(name) != std::string::npos,
               "the error does not name the lost lease"));
    clock::sleep(milliseconds(5), {});
    return expect(TRY(claim_many(*ledger, 9)).size() == 2, "a refused renew prolonged a lease");
}

}  // namespace haul::ledger::conformance
