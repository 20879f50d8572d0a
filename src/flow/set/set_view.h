// A packed set at a destination, read: its record and its manifests. What ls, cat, verify, unpack and pack
// itself look through.
//
// The store is rooted at the set's folder (DEST/NAME). Memory is bounded: manifests stream. One object per
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "format/manifest.h"
#include "format/member_table.h"
#include "format/set_record.h"
#include "store/store.h"

namespace haul::set {

// Why there is no set: Code::not_found "not complete, run pack again" (a claim or parts are there), or "no
// set here". `generation`: 0 for the highest.
[[nodiscard]] Result<format::SetRecord> open_set(store::Store& store, std::uint32_t generation = 0);

// nullopt where there is none; damage is an error.
[[nodiscard]] Result<std::optional<format::SetRecord>> find_set(store::Store& store);

// What the table of a part of this set comes to.
[[nodiscard]] format::TableSize table_size(const format::SetRecord& record, const format::PartRecord& part);

// Reads one manifest from beginning to end; its bytes' digest and counts are checked against `part` at the
// end, so a visitor may have seen lines of a damaged manifest: act only after success where that matters.
using Visitor = format::MemberSink;
[[nodiscard]] Status read_manifest(store::Store& store, const format::PartRecord& part, const Visitor& visit,
                                   const std::stop_token& stop = {});
// The same, into an empty table, for which room is made first. Of a manifest that contradicts itself (an
// offset that is not where the lines before it put the member, a header of another layout or size)
// Code::corrupt: the table's places are safe to read from after success only.
[[nodiscard]] Status read_table(store::Store& store, const format::PartRecord& part,
                                format::MemberTable& table, const Visitor& visit,
                                const std::stop_token& stop = {});
// Whether every manifest is there, and every part with the size, and where the store keeps one the checksum,
// of the record; bytes are not read. Code::corrupt names the first that is not.
[[nodiscard]] Status check_parts(store::Store& store, const format::SetRecord& record);
// The header alone.
[[nodiscard]] Result<format::ManifestHeader> manifest_header(store::Store& store,
                                                             const std::string& manifest_name);

// Every member that counts (superseded and gone left out), part by part.
[[nodiscard]] Status for_each_member(
    store::Store& store, const format::SetRecord& record,
    const std::function<Status(const format::PartRecord&, const format::Member&)>& visit,
    const std::stop_token& stop = {});

}  // namespace haul::set
