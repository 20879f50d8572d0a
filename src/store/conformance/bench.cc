#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "store/conformance/checks.h"

namespace haul::store::conformance {

Status expect(bool holds, std::string_view seen) {
    if (holds) return {};
    return failure(make_error(Code::internal, "", "", std::string(seen)));
}

Result<Version> Bench::write(const std::string& name, std::string_view text, const Condition& condition) {
    Write write;
    write.name = name;
    write.bytes = std::as_bytes(std::span(text));
    write.condition = condition;
    store_.write_many(std::span(&write, 1), {}, {});
    TRY(std::move(write.result));
    return write.written;
}

Status Bench::expect_holds(const std::string& name, std::string_view text) {
    const std::string there = TRY(read_object(store_, name, 1U << 30U));
    return expect(there == text, name + " does not hold what was written");
}

Status Bench::expect_absent(const std::string& name) {
    const auto found = TRY(find_object(store_, name));
    return expect(!found, name + " is there and should not be");
}

Result<std::string> Bench::read(const std::string& name, std::uint64_t offset, std::size_t size,
                                const Version& version) {
    std::string text(size, '\0');
    Read read;
    read.name = name;
    read.version = version;
    read.offset = offset;
    read.into = std::as_writable_bytes(std::span(text));
    store_.read_many(std::span(&read, 1), {});
    TRY(std::move(read.result));
    return text;
}

Result<std::vector<Object>> Bench::list(const std::string& folder, const std::string& after) {
    std::vector<Object> all;
    auto listing = TRY(store_.list({.prefix = folder, .after = after}));
    for (;;) {
        Page page = TRY(listing->next({}));
        std::ranges::move(page.objects, std::back_inserter(all));
        if (page.last) return all;
    }
}

Result<std::string> Bench::files() {
    std::vector<std::string> names;
    for (const Object& object : TRY(list_folder(store_, folder_))) {
        if (object.kind == Kind::file) names.push_back(object.name.substr(folder_.size() + 1));
    }
    std::ranges::sort(names);
    std::string joined;
    for (const std::string& name : names) joined += (joined.empty() ? "" : " ") + name;
    return joined;
}

Status Bench::expect_files(std::string_view expected) {
    const std::string there = TRY(files());
    return expect(there == expected, "the files are `" + there + "` and not `" + std::string(expected) + "`");
}

Result<std::unique_ptr<Upload>> Bench::open_upload(const std::string& name, std::uint64_t size,
                                                   const Condition& condition) {
    UploadRequest request;
    request.name = name;
    request.size = size;
    request.condition = condition;
    return store_.open_upload(request);
}

Status Bench::clean() {
    auto objects = TRY(list_folder(store_, folder_));
    std::vector<Remove> files, folders;
    for (Object& object : objects) {
        const bool is_folder = object.kind == Kind::folder;
        (is_folder ? folders : files)
            .push_back({.name = std::move(object.name), .folder = is_folder, .result = {}});
    }
    folders.push_back({.name = folder_, .folder = true, .result = {}});
    store_.remove_many(files, {});
    for (Remove& remove : files) TRY(std::move(remove.result));
    // Deepest first, one after another: a folder has to be empty.
    std::ranges::sort(folders, std::ranges::greater(), &Remove::name);
    for (Remove& remove : folders) {
        store_.remove_many(std::span(&remove, 1), {});
        TRY(std::move(remove.result));
    }
    return {};
}

std::vector<Piece> pieces_of(std::string_view text, std::size_t size) {
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < text.size(); at += size) {
        Piece piece;
        piece.number = static_cast<std::uint32_t>(pieces.size() + 1);
        piece.offset = at;
        piece.bytes = std::as_bytes(std::span(text.substr(at, size)));
        piece.crc32 = digest::crc32(0, piece.bytes);
        pieces.push_back(piece);
    }
    return pieces;
}

std::size_t piece_size(const Capabilities& can) {
    return static_cast<std::size_t>(std::max<std::uint64_t>(can.min_piece, 70'000));
}

Status put(Upload& upload, std::vector<Piece> pieces) {
    upload.put_many(pieces, {});
    for (Piece& piece : pieces) TRY(std::move(piece.result));
    return {};
}

Upload::Finish finish_of(std::string_view text, std::size_t pieces) {
    return {.size = text.size(),
            .crc32 = digest::crc32(0, std::as_bytes(std::span(text))),
            .pieces = static_cast<std::uint32_t>(pieces)};
}

std::string noise(std::size_t size, std::uint32_t seed) {
    std::string text(size, '\0');
    std::uint32_t state = seed * 2654435761U + 1;
    for (char& byte : text) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24U);
    }
    return text;
}

}  // namespace haul::store::conformance
