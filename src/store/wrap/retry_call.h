// The loops of retrying, for one call and for the items of a batch.
#pragma once

#include <cstddef>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

#include "store/store.h"
#include "store/wrap/retry_budget.h"

namespace haul::store::wrap {

template <class Call>
auto retry_call(RetryBudget& budget, const std::stop_token& stop, const Call& call) -> decltype(call()) {
    Attempts attempts(budget);
    for (;;) {
        auto result = call();
        if (result.has_value()) {
            attempts.succeeded();
            return result;
        }
        if (!attempts.again(result.error(), stop))
            return failure(attempts.given_up(std::move(result).error()));
    }
}

// Which items failed for a passing reason.
template <class Item>
std::vector<std::size_t> passing_failures(std::span<Item> items) {
    std::vector<std::size_t> failed;
    for (std::size_t at = 0; at < items.size(); ++at) {
        if (!items[at].result.has_value() && items[at].result.error().retry == Retry::later)
            failed.push_back(at);
    }
    return failed;
}

// `settle(item)` sees each item that was tried again, after each try.
template <class Item, class Call, class Settle>
void retry_items(RetryBudget& budget, std::span<Item> items, const std::stop_token& stop, const Call& call,
                 const Settle& settle) {
    Attempts attempts(budget);
    call(items);
    for (;;) {
        const std::vector<std::size_t> failed = passing_failures(items);
        if (failed.empty()) return attempts.succeeded();
        if (!attempts.again(items[failed.front()].result.error(), stop)) {
            for (const std::size_t at : failed) {
                items[at].result = failure(attempts.given_up(std::move(items[at].result).error()));
            }
            return;
        }
        std::vector<Item> again;
        again.reserve(failed.size());
        for (const std::size_t at : failed) again.push_back(std::move(items[at]));
        call(std::span<Item>(again));
        for (std::size_t at = 0; at < failed.size(); ++at) {
            settle(again[at]);
            items[failed[at]] = std::move(again[at]);
        }
    }
}

}  // namespace haul::store::wrap
