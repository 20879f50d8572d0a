// What is in a corpus, from where, under which licences, and what it does not say: a page for people, after
// "Datasheets for Datasets" (Gebru et al., 2021). Nothing in it depends on when, or on which machine, it was
// made.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "flow/collect/export/tally.h"
#include "flow/collect/recording/heard.h"
#include "flow/collect/recording/recording.h"

namespace haul::collect {

class Datasheet {
  public:
    explicit Datasheet(std::string corpus) : corpus_(std::move(corpus)) {}
    void add(const Recording& recording, const Heard& heard);
    [[nodiscard]] const Amount& all() const { return all_; }
    // Markdown.
    [[nodiscard]] std::string text() const;

  private:
    [[nodiscard]] std::string summary() const;
    [[nodiscard]] std::string models() const;

    std::string corpus_;
    Amount all_;
    std::uint64_t bytes_ = 0, segments_ = 0, broke_off_ = 0, without_rate_ = 0;
    Tally languages_, claims_, licences_, sources_, channels_;
    std::map<HeardModel, std::uint64_t> models_;
};

}  // namespace haul::collect
