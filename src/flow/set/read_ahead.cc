#include "flow/set/read_ahead.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace haul::set {
namespace {

struct Source {
    store::Store& store;
    const std::string& name;
    const store::Version& version;
    std::uint64_t size, stretch, begin;

    [[nodiscard]] std::uint64_t count() const { return (size + stretch - 1) / stretch; }
    [[nodiscard]] std::size_t size_of(std::uint64_t index) const {
        return static_cast<std::size_t>(std::min(stretch, size - index * stretch));
    }
    [[nodiscard]] Status read(std::uint64_t index, std::span<std::byte> into, store::Version& seen,
                              const std::stop_token& stop) const {
        store::Read read;
        read.name = name;
        read.version = version;
        read.offset = begin + index * stretch;
        read.into = into;
        store.read_many({&read, 1}, stop);
        seen = std::move(read.seen);
        return std::move(read.result);
    }
};

// Stretches in their order, all of the version of the first.
class OneVersion {
  public:
    explicit OneVersion(const std::string& name) : name_(name) {}
    Status take(const store::Version& seen) {
        if (!first_) first_ = seen;
        if (*first_ == seen) return {};
        return failure(Code::changed, "read", name_, "it was replaced while it was read");
    }

  private:
    const std::string& name_;
    std::optional<store::Version> first_;
};

// Stretch n lies in slot n % slots; it is begun once the one before it in that slot was handed out.
class Reader {
  public:
    Reader(const Source& source, std::size_t slots, std::stop_token stop)
        : source_(source), slots_(slots), forward_(std::move(stop), [this] { stop_.request_stop(); }) {
        for (Slot& slot : slots_) slot.bytes.resize(source_.size_of(0));
        for (std::size_t i = 1; i < slots; ++i) threads_.emplace_back([this] { work(); });
    }
    ~Reader() {
        stop_.request_stop();
        threads_.clear();
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    Status hand_out(const store::Sink& sink) {
        OneVersion version(source_.name);
        for (std::uint64_t index = 0; index < source_.count(); ++index) {
            Slot& slot = slots_[index % slots_.size()];
            {
                std::unique_lock lock(mutex_);
                if (!changed_.wait(lock, stop_.get_token(), [&] { return slot.full; }))
                    return failure(Code::interrupted, "read", source_.name, "stopped on request");
            }
            TRY(std::move(slot.result));
            TRY(version.take(slot.seen));
            TRY(sink(std::span(slot.bytes).first(source_.size_of(index))));
            {
                const std::scoped_lock lock(mutex_);
                slot.full = false;
                ++handed_out_;
            }
            changed_.notify_all();
        }
        return {};
    }

  private:
    struct Slot {
        std::vector<std::byte> bytes;
        bool full = false;  // guarded; the rest belongs to who reads until it is, then to who hands out
        Status result = {};
        store::Version seen = {};
    };

    void work() {
        const std::stop_token stop = stop_.get_token();
        std::unique_lock lock(mutex_);
        while (true) {
            if (!changed_.wait(lock, stop, [&] { return next_ < handed_out_ + slots_.size(); })) return;
            if (next_ >= source_.count()) return;
            const std::uint64_t index = next_++;
            Slot& slot = slots_[index % slots_.size()];
            lock.unlock();
            Status result =
                source_.read(index, std::span(slot.bytes).first(source_.size_of(index)), slot.seen, stop);
            lock.lock();
            slot.result = std::move(result);
            slot.full = true;
            changed_.notify_all();
        }
    }

    const Source& source_;
    std::vector<Slot> slots_;
    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t next_ = 0, handed_out_ = 0;
    std::vector<std::jthread> threads_;
    std::stop_callback<std::function<void()>> forward_;
};

}  // namespace

Status read_ahead(store::Store& store, const std::string& name, const store::Version& version,
                  std::uint64_t size, const ReadAhead& how, const store::Sink& sink,
                  const std::stop_token& stop) {
    const Source source{store, name, version, size, how.stretch, how.begin};
    const std::size_t slots = static_cast<std::size_t>(std::min<std::uint64_t>(how.at_once, source.count()));
    if (slots > 1) return Reader(source, slots, stop).hand_out(sink);
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(how.stretch, size)));
    OneVersion one_version(name);
    store::Version seen;
    for (std::uint64_t index = 0; index < source.count(); ++index) {
        const auto bytes = std::span(buffer).first(source.size_of(index));
        TRY(source.read(index, bytes, seen, stop));
        TRY(one_version.take(seen));
        TRY(sink(bytes));
    }
    return {};
}

}  // namespace haul::set
