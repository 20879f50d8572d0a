// Listens to files: decode, find speech, judge voice and language, measure, decide. Models are loaded once
// and the decoding process is kept, so that a thousand short files cost little more than their audio. One
// thread.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "speech/activity/activity.h"
#include "speech/decode/decoder.h"
#include "speech/listen/hearing.h"
#include "speech/verdict/verdict.h"

namespace haul::speech {

struct ListenRequest {
    ActivityOptions activity;
    DecodeOptions decode;
    Accept accept;
    std::string models;  // their folder
    double language_threshold = 0.7;
    bool language = true;  // look for it
};

class Ear {
  public:
    [[nodiscard]] static Result<Ear> create(ListenRequest request);
    Ear(Ear&&) noexcept;
    Ear& operator=(Ear&&) noexcept;
    ~Ear();

    // What is wrong with the file stands in the Hearing. Code::interrupted: stopped; any other error is of
    // the models or of this machine, and would come with the next file too.
    [[nodiscard]] Result<Hearing> listen(const std::string& path, const std::stop_token& stop);

    // Why models of ours that are there decide nothing: what runs them is missing. None: they decide.
    [[nodiscard]] const std::optional<Error>& lacks() const;

  private:
    struct Parts;
    explicit Ear(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace haul::speech
