#include "flow/pack/sender.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/fault_point.h"

namespace haul::pack {

Sender::Sender(store::Upload& upload, unsigned threads, Gate gate, std::stop_token stop)
    : upload_(upload), gate_(std::move(gate)), forward_(std::move(stop), [this] { stop_.request_stop(); }) {
    for (unsigned i = 0; i < threads; ++i)
        threads_.emplace_back([this](const std::stop_token& end) { work(end); });
}

Sender::~Sender() {
    stop_.request_stop();
    for (std::jthread& thread : threads_) thread.request_stop();
    threads_.clear();
}

void Sender::submit(std::vector<Tile> tiles) {
    if (tiles.empty()) return;
    {
        const std::scoped_lock lock(mutex_);
        if (!failed_.empty()) return;
        if (!threads_.empty()) {
            std::ranges::move(tiles, std::back_inserter(queue_));
            changed_.notify_all();
            return;
        }
    }
    put(tiles, stop_.get_token());
}

Status Sender::collect(std::vector<SentPiece>& sent) {
    std::unique_lock lock(mutex_);
    if (!failed_.empty()) changed_.wait(lock, [&] { return under_way_.empty(); });
    std::ranges::move(std::exchange(sent_, {}), std::back_inserter(sent));
    if (failed_.empty()) return {};
    return failure(failed_.begin()->second);
}

bool Sender::idle() const {
    const std::scoped_lock lock(mutex_);
    return queue_.empty() && under_way_.empty();
}

void Sender::wait(const std::stop_token& until) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, until, [&] {
        return !sent_.empty() || !failed_.empty() || (queue_.empty() && under_way_.empty());
    });
}

void Sender::settle() {
    std::unique_lock lock(mutex_);
    queue_.clear();
    changed_.wait(lock, [&] { return under_way_.empty(); });
}

void Sender::discard_from(std::size_t index) {
    std::unique_lock lock(mutex_);
    std::erase_if(queue_, [&](const Tile& tile) { return tile.index >= index; });
    changed_.wait(lock, [&] { return under_way_.lower_bound(index) == under_way_.end(); });
    std::erase_if(sent_, [&](const SentPiece& piece) { return piece.index >= index; });
}

void Sender::work(const std::stop_token& end) {
    while (true) {
        Tile tile;
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait(lock, end, [&] { return !queue_.empty(); })) return;
            if (end.stop_requested()) return;
            tile = std::move(queue_.front());
            queue_.pop_front();
            under_way_.insert(tile.index);
        }
        put({&tile, 1}, stop_.get_token());
        const std::size_t index = tile.index;
        tile.buffer.reset();  // before anybody waits no more: the pool may go then
        {
            const std::scoped_lock lock(mutex_);
            under_way_.erase(index);
        }
        changed_.notify_all();
    }
}

void Sender::put(std::span<const Tile> tiles, const std::stop_token& stop) {
    std::vector<store::Piece> pieces;
    Status allowed = gate_();
    if (allowed) {
        for (const Tile& tile : tiles) {
            store::Piece piece;
            piece.number = static_cast<std::uint32_t>(tile.index + 1);
            piece.offset = tile.begin;
            piece.bytes = tile.bytes();
            piece.crc32 = digest::crc32(0, piece.bytes);
            pieces.push_back(std::move(piece));
        }
        FAULT_POINT("pack.part.before_send");
        upload_.put_many(pieces, stop);
        FAULT_POINT("pack.part.after_send");
    }
    const std::scoped_lock lock(mutex_);
    if (!allowed) failed_.emplace(tiles.front().index, std::move(allowed).error());
    for (store::Piece& piece : pieces) {
        const std::size_t index = piece.number - 1;
        if (piece.result) {
            sent_.push_back({index, piece.bytes.size(), piece.crc32});
        } else {
            failed_.emplace(index, std::move(piece.result).error());
        }
    }
    if (!failed_.empty()) queue_.clear();
}

}  // namespace haul::pack
