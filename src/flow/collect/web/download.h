// One media item into one file: resumed, continued where it was cut, or only begun.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"
#include "flow/collect/web/reach.h"
#include "flow/collect/web/web.h"
#include "http/exchange.h"

namespace haul::collect {

// Why a body is written in a way that we did not ask for and do not read (Content-Encoding); nothing: it is
// as it is.
[[nodiscard]] std::optional<std::string> unread_coding(const http::Answer& head);

// Used once, by one thread. What it got stays in the file, synced, however it ends.
class Download {
  public:
    Download(Guest& guest, const Web::Media& media, const FetchTo& to, clock::Nanoseconds deadline);
    [[nodiscard]] Result<Fetched> run(const std::stop_token& stop);

  private:
    // How one request ended that was no error of the whole.
    enum class End : std::uint8_t { done, more, anew };
    [[nodiscard]] Status open();
    [[nodiscard]] Status empty_file();
    [[nodiscard]] Status fetch_all(const std::stop_token& stop);
    [[nodiscard]] Result<End> attempt(const std::stop_token& stop);
    [[nodiscard]] std::vector<http::Header> headers() const;
    [[nodiscard]] Result<End> after_cut(Error error);
    [[nodiscard]] Result<End> after_end(const http::Answer& head);
    [[nodiscard]] Result<bool> take(const http::Answer& head, std::span<const std::byte> bytes);
    // Looks at a head before a byte is written. False: this answer cannot be used, see anew_.
    [[nodiscard]] Result<bool> begin(const http::Answer& head);
    [[nodiscard]] Result<bool> begin_whole(const http::Answer& head);
    [[nodiscard]] Result<bool> begin_part(const http::Answer& head);
    [[nodiscard]] Status start_version(const http::Answer& head);
    [[nodiscard]] Result<bool> write(std::span<const std::byte> bytes);
    [[nodiscard]] Error error(Code code, std::string detail) const;
    [[nodiscard]] Error never_ends() const;

    Guest& guest_;
    const Web::Media& media_;
    const FetchTo& to_;
    clock::Nanoseconds deadline_;
    file::Fd fd_;
    std::uint64_t at_ = 0;                 // bytes of the file that are good
    std::optional<std::uint64_t> want_{};  // no more than these
    std::optional<std::uint64_t> total_{};
    std::string validator_{};
    std::string type_{}, url_{};
    std::uint64_t received_ = 0;
    bool whole_ = false;
    bool no_ranges_ = false;  // the server's make no sense
    unsigned restarts_ = 0;
    std::optional<std::uint64_t> cut_at_{};
    // Of the request under way:
    bool head_seen_ = false, anew_ = false;
    bool ours_ = false;  // it is we who ended it
    std::optional<std::uint64_t> part_end_{};
};

}  // namespace haul::collect
