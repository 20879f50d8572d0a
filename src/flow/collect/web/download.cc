#include "flow/collect/web/download.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/number.h"
#include "flow/collect/web/media_type.h"
#include "flow/collect/web/version.h"
#include "http/address.h"

namespace haul::collect {
namespace {

constexpr std::uint64_t kLeast = 256U << 10U;  // of a beginning
// Of a beginning whose size or duration is not known: audio as it is published has less a second.
constexpr double kBytesPerSecond = 32.0 * 1024;
// How often a body is begun anew because the server cannot go on where it broke.
constexpr unsigned kMostRestarts = 3;

// How many bytes hold the first seconds; nothing: all.
std::optional<std::uint64_t> wanted_bytes(const Web::Media& media, const FetchTo& to) {
    if (!to.seconds) return std::nullopt;
    const bool known = media.size && media.duration && *media.duration > 0;
    const double rate = known ? static_cast<double>(*media.size) / *media.duration : kBytesPerSecond;
    // What stands in front of the sound, a picture for one, is not counted in seconds.
    const double bytes = std::ceil(std::max(*to.seconds, 0.0) * rate) + static_cast<double>(kLeast);
    const double most = static_cast<double>(std::min<std::uint64_t>(to.most_bytes, 1ULL << 60U));
    const auto count = static_cast<std::uint64_t>(std::min(bytes, most));
    return known && count >= *media.size ? std::nullopt : std::optional(count);
}

}  // namespace

std::optional<std::string> unread_coding(const http::Answer& head) {
    const std::string_view coding = head.header("content-encoding");
    if (coding.empty() || coding == "identity") return std::nullopt;
    return fmt::format("sent as `{}`, which nobody asked for", coding);
}

Download::Download(Guest& guest, const Web::Media& media, const FetchTo& to, clock::Nanoseconds deadline)
    : guest_(guest), media_(media), to_(to), deadline_(deadline), want_(wanted_bytes(media, to)) {}

Error Download::error(Code code, std::string detail) const {
    return make_error(code, "fetch", http::shown_url(url_.empty() ? media_.url : url_), std::move(detail));
}

Error Download::never_ends() const {
    return error(Code::unavailable, "broken again and again, and the server cannot go on there");
}

Result<Fetched> Download::run(const std::stop_token& stop) {
    TRY(open());
    auto fetched = fetch_all(stop);
    const auto synced = file::sync_data(fd_.get(), to_.path);
    if (!fetched) {
        Error bad = std::move(fetched).error();
        if (at_ > 0) bad.kept = fmt::format("{} bytes of it in {}", at_, to_.path);
        return failure(std::move(bad));
    }
    TRY(synced);
    return Fetched{.bytes = at_,
                   .received = received_,
                   .whole = whole_,
                   .validator = validator_,
                   .type = type_,
                   .extension = extension_of(type_, url_),
                   .url = url_};
}

Status Download::open() {
    fd_ = TRY(file::open_at(AT_FDCWD, to_.path, O_RDWR | O_CREAT));
    if (to_.validator.empty()) return empty_file();
    const auto state = TRY(file::stat_of(fd_, to_.path));
    validator_ = to_.validator;
    at_ = static_cast<std::uint64_t>(state.st_size);
    // A beginning that is there already: one byte more says its type.
    if (want_) want_ = std::max(*want_, at_ + 1);
    return {};
}

Status Download::empty_file() {
    const auto state = TRY(file::stat_of(fd_, to_.path));
    if (state.st_size == 0) return {};
    TRY(file::set_length(fd_.get(), 0, to_.path));
    // The ledger is to name another version, and may be on another disk: after a power cut the bytes of the
    // one before must not be back under its name.
    return file::sync_data(fd_.get(), to_.path);
}

Status Download::fetch_all(const std::stop_token& stop) {
    while (true) {
        const End end = TRY(attempt(stop));
        if (end == End::done) return {};
        if (end == End::more) continue;
        if (++restarts_ > kMostRestarts) return failure(never_ends());
        at_ = 0;
        total_.reset();
        validator_.clear();
    }
}

std::vector<http::Header> Download::headers() const {
    if (no_ranges_ || (at_ == 0 && !want_)) return {};
    std::vector<http::Header> headers{
        {"Range", want_ ? fmt::format("bytes={}-{}", at_, *want_ - 1) : fmt::format("bytes={}-", at_)}};
    if (at_ > 0) headers.push_back({"If-Range", validator_});
    return headers;
}

Result<Download::End> Download::attempt(const std::stop_token& stop) {
    head_seen_ = anew_ = ours_ = false;
    part_end_.reset();
    const Call call{
        .url = media_.url,
        .headers = headers(),
        .deadline = deadline_,
        .take = [this](const http::Answer& head, std::span<const std::byte> bytes) -> Result<bool> {
            auto more = take(head, bytes);
            ours_ = !more;
            return more;
        },
        .also = 416};
    auto reached = guest_.reach(call, stop);
    if (!reached) return after_cut(std::move(reached).error());
    url_ = reached->url;
    if (anew_) return End::anew;
    return after_end(reached->head);
}

Result<bool> Download::take(const http::Answer& head, std::span<const std::byte> bytes) {
    if (!std::exchange(head_seen_, true) && !TRY(begin(head))) return false;
    return bytes.empty() || TRY(write(bytes));
}

// A body that broke is gone on with while bytes come.
Result<Download::End> Download::after_cut(Error broken) {
    if (ours_ || broken.code != Code::unavailable || !head_seen_ || anew_) return failure(std::move(broken));
    if (cut_at_ == at_)
        return failure(error(Code::corrupt, fmt::format("cut twice, both times after {} bytes", at_)));
    cut_at_ = at_;
    return validator_.empty() || no_ranges_ ? End::anew : End::more;
}

Result<Download::End> Download::after_end(const http::Answer& head) {
    if (at_ == 0) return failure(error(Code::corrupt, "nothing in it"));
    const bool had_enough = want_ && at_ >= *want_;
    if (head.status == 200) {
        whole_ = !had_enough || at_ == total_;
        return End::done;
    }
    whole_ = total_ && at_ >= *total_;
    if (whole_ || had_enough) return End::done;
    return End::more;  // a part that is shorter than what was asked for, or nobody says of how much
}

Result<bool> Download::begin(const http::Answer& head) {
    if (head.status == 416) {
        const auto total = total_of_unsatisfied(head);
        anew_ = at_ == 0 || total != at_ || !may_be_version(head, validator_);
        no_ranges_ = no_ranges_ || anew_;
        total_ = total;
        return false;
    }
    type_ = media_type_of(head.header("content-type"));
    if (is_page(type_)) return failure(error(Code::corrupt, fmt::format("a page, not media ({})", type_)));
    if (const auto unread = unread_coding(head)) return failure(error(Code::corrupt, *unread));
    const bool go_on = head.status == 200 ? TRY(begin_whole(head)) : TRY(begin_part(head));
    if (go_on && total_ && !want_ && *total_ > to_.most_bytes)
        return failure(
            error(Code::corrupt, fmt::format("longer than {} bytes: {}", to_.most_bytes, *total_)));
    if (go_on && total_ && to_.room) {
        const std::uint64_t end = want_ ? std::min(*want_, *total_) : *total_;
        TRY(to_.room(at_, end - std::min(end, at_)));
    }
    return go_on;
}

Result<bool> Download::begin_whole(const http::Answer& head) {
    if (at_ > 0 && cut_at_ && ++restarts_ > kMostRestarts) return failure(never_ends());
    at_ = 0;  // also where another part was asked for
    total_ = text::whole_number<std::uint64_t>(head.header("content-length"));
    TRY(start_version(head));
    return true;
}

Result<bool> Download::begin_part(const http::Answer& head) {
    const bool asked = !no_ranges_ && (at_ > 0 || want_);
    if (!asked) return failure(error(Code::corrupt, "a part where the whole was asked for"));
    const auto part = part_of(head);
    const auto length = text::whole_number<std::uint64_t>(head.header("content-length"));
    const bool other = at_ > 0 && !may_be_version(head, validator_);
    const bool moved = total_ && part && part->total && *part->total != *total_;
    if (!part || part->first != at_ || (length && *length != part->size()) || other || moved) {
        // Ranges that cannot be relied on: without them, then.
        no_ranges_ = !other && !moved;
        anew_ = true;
        return false;
    }
    if (part->total) total_ = part->total;
    part_end_ = part->last + 1;
    if (at_ == 0) TRY(start_version(head));
    return true;
}

Status Download::start_version(const http::Answer& head) {
    TRY(empty_file());
    validator_ = validator_of(head);
    if (to_.begun) TRY(to_.begun(validator_));
    return {};
}

Result<bool> Download::write(std::span<const std::byte> bytes) {
    if (part_end_ && bytes.size() > *part_end_ - at_)
        return failure(error(Code::corrupt, "more bytes than the part that was announced"));
    const std::uint64_t most = want_ ? std::min(*want_, to_.most_bytes) : to_.most_bytes;
    if (!want_ && bytes.size() > most - at_)
        return failure(error(Code::corrupt, fmt::format("longer than {} bytes", most)));
    bytes = bytes.first(std::min<std::uint64_t>(bytes.size(), most - at_));
    if (!total_ && to_.room) TRY(to_.room(at_, std::nullopt));
    TRY(file::write_all(fd_.get(), bytes, at_, to_.path));
    at_ += bytes.size();
    received_ += bytes.size();
    if (to_.progress) to_.progress(received_);
    return !want_ || at_ < most || at_ == part_end_;
}

}  // namespace haul::collect
