#include "store/memory/memory_upload.h"

#include <fmt/format.h>

#include <utility>

#include "base/digest.h"

namespace haul::store::memory {
namespace {

constexpr const char* kUpload = "upload";

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<std::unique_ptr<Upload>> MemoryUpload::open(std::shared_ptr<Place> place,
                                                   const UploadRequest& request) {
    TRY(place->check_name(request.name, kUpload));
    const std::lock_guard lock(place->mutex);
    std::string id = request.id.value_or("");
    if (request.id && !place->uploads.contains(id)) {
        return failure(Code::not_found, "resume upload", place->subject(request.name),
                       "there is no such upload");
    }
    if (!request.id) {
        id = fmt::format("upload-{}", ++place->last_upload);
        place->uploads[id].request = request;
    }
    return std::unique_ptr<Upload>(new MemoryUpload(std::move(place), std::move(id)));
}

Result<std::reference_wrapper<HeldUpload>> MemoryUpload::held() {
    const auto found = place_->uploads.find(id_);
    if (found != place_->uploads.end()) return std::ref(found->second);
    return failure(Code::not_found, kUpload, place_->subject(id_), "the upload is over");
}

void MemoryUpload::put_many(std::span<Piece> pieces, const std::stop_token& stop) {
    for (Piece& piece : pieces) {
        piece.result = stop.stop_requested()
                           ? failure(Code::interrupted, kUpload, place_->subject(id_), "stopped on request")
                           : put(piece);
    }
}

Status MemoryUpload::put(const Piece& piece) {
    const std::lock_guard lock(place_->mutex);
    HeldUpload& upload = TRY(held());
    const std::string subject = place_->subject(upload.request.name);
    if (piece.number == 0) return failure(Code::usage, kUpload, subject, "pieces are numbered from 1");
    if (place_->max_pieces > 0 && piece.number > place_->max_pieces)
        return failure(Code::usage, kUpload, subject, "it takes no piece of that number");
    if (digest::crc32(0, piece.bytes) != piece.crc32) {
        return failure(Code::corrupt, kUpload, subject,
                       fmt::format("piece {} does not match its CRC-32", piece.number));
    }
    upload.pieces[piece.number] = {.bytes = text_of(piece.bytes), .crc32 = piece.crc32};
    return {};
}

Status MemoryUpload::copy(std::uint32_t number, std::string_view source_address, std::uint64_t offset,
                          std::uint64_t size, const Version& version) {
    const std::lock_guard lock(place_->mutex);
    HeldUpload& upload = TRY(held());
    const std::string subject(source_address);
    const std::string here = place_->address + "/";
    const Entry* source =
        source_address.starts_with(here) ? place_->find(source_address.substr(here.size())) : nullptr;
    if (source == nullptr)
        return failure(Code::not_found, "copy", subject, "there is no such object in this store");
    if (!version.tag.empty() && version != source->object.version) {
        return failure(Code::changed, "copy", subject, "it is no longer the version that was asked for");
    }
    if (offset > source->bytes.size() || size > source->bytes.size() - offset) {
        return failure(Code::changed, "copy", subject, "it is shorter than the range asked for");
    }
    HeldPiece piece{.bytes = source->bytes.substr(offset, size)};
    piece.crc32 = digest::crc32(0, std::as_bytes(std::span(piece.bytes)));
    upload.pieces[number] = std::move(piece);
    return {};
}

Status MemoryUpload::flush() {
    const std::lock_guard lock(place_->mutex);
    TRY(held());
    return {};
}

Result<std::vector<Received>> MemoryUpload::received() {
    const std::lock_guard lock(place_->mutex);
    const HeldUpload& upload = TRY(held());
    std::vector<Received> all;
    all.reserve(upload.pieces.size());
    for (const auto& [number, piece] : upload.pieces) {
        all.push_back({.number = number, .size = piece.bytes.size(), .crc32 = {}});
        if (place_->habits.piece_checksums) all.back().crc32 = piece.crc32;
    }
    return all;
}

Result<Object> MemoryUpload::finish(const Finish& finish) {
    const std::lock_guard lock(place_->mutex);
    HeldUpload& upload = TRY(held());
    const UploadRequest& request = upload.request;
    const std::string subject = place_->subject(request.name);
    std::string bytes;
    for (std::uint32_t number = 1; number <= finish.pieces; ++number) {
        const auto piece = upload.pieces.find(number);
        if (piece == upload.pieces.end()) {
            return failure(Code::usage, "finish", subject, fmt::format("piece {} was never sent", number));
        }
        if (number < finish.pieces && piece->second.bytes.size() < place_->min_piece)
            return failure(Code::usage, "finish", subject, fmt::format("piece {} is too small", number));
        bytes += piece->second.bytes;
    }
    if (bytes.size() != finish.size) {
        return failure(Code::corrupt, "finish", subject,
                       fmt::format("the pieces are {} bytes together, not {}", bytes.size(), finish.size));
    }
    if (place_->habits.object_checksums && finish.crc32 &&
        digest::crc32(0, std::as_bytes(std::span(bytes))) != *finish.crc32) {
        return failure(Code::corrupt, "finish", subject, "the whole object does not match its CRC-32");
    }
    TRY(place_->check(request.name, request.condition));
    Object object = place_->put(request.name, Kind::file, std::move(bytes), request.attributes);
    place_->uploads.erase(id_);
    return object;
}

Status MemoryUpload::abort() {
    const std::lock_guard lock(place_->mutex);
    place_->uploads.erase(id_);
    return {};
}

}  // namespace haul::store::memory
