#include "flow/unpack/room.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "flow/unpack/placing.h"

namespace haul::unpack {
namespace {

constexpr std::uint64_t kBlock = 4096;

// A foreign directory may claim any size.
std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
    std::uint64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}

bool takes_room(const Item& item) { return item.kind == zip::Kind::file && !in_own_folder(item.path); }

bool replaces(const Request& request) {
    return request.if_exists == IfExists::overwrite || request.if_exists == IfExists::newer;
}

Result<std::uint64_t> left_to_write(const Request& request, store::Store& destination,
                                    const ForEach& for_each) {
    std::uint64_t bytes = 0, most_replaced = 0;
    const store::Capabilities can = destination.capabilities();
    TRY(for_each([&](const Item& item) -> Status {
        if (!takes_room(item)) return {};
        auto looked = store::find_object(destination, placed_name(request, can, item));
        // What cannot be looked at fails by its name later; it is no reason to refuse the others.
        const std::optional<store::Object> there = looked ? *std::move(looked) : std::nullopt;
        bytes = plus(bytes, disk_size_left(request, item, there));
        if (there && replaces(request)) most_replaced = std::max(most_replaced, disk_size(item.size));
        return {};
    }));
    // The old file is there until the new one is whole.
    return plus(bytes, most_replaced);
}

}  // namespace

std::uint64_t disk_size(std::uint64_t size) {
    const std::uint64_t rest = size % kBlock;
    return rest == 0 ? size : plus(size, kBlock - rest);
}

std::uint64_t disk_size_left(const Request& request, const Item& item,
                             const std::optional<store::Object>& there) {
    const std::uint64_t needed = disk_size(item.size);
    if (!there) return needed;
    if (!replaces(request)) return 0;  // it is done, or it fails
    const std::uint64_t freed = there->kind == store::Kind::file ? disk_size(there->size) : 0;
    return needed - std::min(needed, freed);
}

Result<Room> reserve_room(const Request& request, store::Store& destination, engine::SpaceBudget& space,
                          const std::string& what, const ForEach& for_each, const std::stop_token& stop) {
    std::uint64_t all = 0;
    TRY(for_each([&](const Item& item) -> Status {
        if (takes_room(item)) all = plus(all, disk_size(item.size));
        return {};
    }));
    Room room;
    room.tight = !space.fits(all);
    if (room.tight) all = TRY(left_to_write(request, destination, for_each));
    auto hold = space.reserve(all, what, stop);
    if (hold) {
        room.hold = *std::move(hold);
        return room;
    }
    Error error = std::move(hold).error();
    if (error.code != Code::no_space) return failure(std::move(error));
    return failure(std::move(error).with_remedy(
        "make room there and run the same command again; --no-space-check tries it as it is, for file "
        "systems that compress and files with long runs of zeros"));
}

Status check_room(const Scope& scope, const Counted& wanted, store::Store& destination,
                  engine::SpaceBudget& space) {
    // At most, without a look at any item.
    if (wanted.files < std::numeric_limits<std::uint64_t>::max() / kBlock &&
        space.fits(plus(wanted.bytes, wanted.files * kBlock)))
        return {};
    const auto for_each = [&](const Visit& visit) { return for_each_wanted(scope, visit); };
    TRY(reserve_room(scope.request, destination, space, scope.request.source.canonical(), for_each,
                     scope.shutdown.drain()));
    return {};
}

}  // namespace haul::unpack
