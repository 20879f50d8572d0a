#include "report/numbers.h"

#include <algorithm>
#include <mutex>

namespace haul::report {

// Held for as long as its source is asked: its owner waits for that before it goes.
struct Numbers::Shown::Place {
    std::mutex mutex{};
    Source source{};  // empty: shown no more
};

struct Numbers::State {
    mutable std::mutex mutex{};
    std::vector<std::weak_ptr<Shown::Place>> places{};
};

Numbers::Numbers() : state_(std::make_unique<State>()) {}
Numbers::~Numbers() = default;

Numbers::Shown::~Shown() {
    if (!place_) return;
    const std::scoped_lock lock(place_->mutex);
    place_->source = nullptr;
}

Numbers::Shown Numbers::show(Source source) {
    Shown shown;
    shown.place_ = std::make_shared<Shown::Place>();
    shown.place_->source = std::move(source);
    const std::scoped_lock lock(state_->mutex);
    std::erase_if(state_->places, [](const auto& place) { return place.expired(); });
    state_->places.push_back(shown.place_);
    return shown;
}

std::vector<Number> Numbers::now() const {
    std::vector<std::weak_ptr<Shown::Place>> places;
    {
        const std::scoped_lock lock(state_->mutex);
        places = state_->places;
    }
    std::vector<Number> numbers;
    for (const auto& one : places) {
        const auto place = one.lock();
        if (!place) continue;
        const std::scoped_lock lock(place->mutex);
        if (place->source) place->source(numbers);
    }
    return numbers;
}

}  // namespace haul::report
