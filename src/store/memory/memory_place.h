// What a memory store holds: objects and uploads under way. Several stores may stand on one place, as several
// processes do on one service.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace haul::store::memory {

struct Entry {
    Object object;
    std::string bytes;
};

struct HeldPiece {
    std::string bytes;
    std::uint32_t crc32 = 0;
};

struct HeldUpload {
    UploadRequest request;
    std::map<std::uint32_t, HeldPiece> pieces;
};

// How the service behaves, where services differ.
struct Habits {
    bool piece_checksums = true;   // its list of pieces gives their CRC-32
    bool object_checksums = true;  // it checks and keeps the CRC-32 of whole objects
    bool whole_seconds = false;    // its times have no fractions, as HTTP dates
    bool content_tags = false;     // equal bytes, equal version, as an ETag that is a digest
    std::int64_t clock_ns = 0;     // its clock, where tests set it; 0: that of this machine
};

// All members are guarded by `mutex`; the functions expect it to be held.
struct Place {
    std::mutex mutex;
    std::string address;
    Habits habits;
    bool strict = false;  // memory_store.h
    std::uint64_t min_piece = 0, max_pieces = 0;
    std::map<std::string, Entry> entries;       // by listing key: the name, `/` appended to folders
    std::map<std::string, HeldUpload> uploads;  // by id
    std::uint64_t last_version = 0;
    std::uint64_t last_upload = 0;

    [[nodiscard]] Status check_name(std::string_view name, std::string_view operation) const;
    [[nodiscard]] Entry* find(std::string_view name);
    // Whether anything lies beneath; needs no entry of its own.
    [[nodiscard]] bool is_folder(const std::string& name) const;
    // Code::exists or Code::changed where the condition does not hold.
    [[nodiscard]] Status check(const std::string& name, const Condition& condition);
    [[nodiscard]] std::int64_t now() const;
    Object& put(const std::string& name, Kind kind, std::string bytes, const Attributes& attributes);
    [[nodiscard]] std::string subject(std::string_view name) const;
};

}  // namespace haul::store::memory
