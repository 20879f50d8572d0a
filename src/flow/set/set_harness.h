// For tests only: a set of one part in memory, made without the flow that packs, so that it can be spoilt at
// a known place.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "format/manifest.h"
#include "format/member_table.h"
#include "format/set_record.h"
#include "store/memory/memory_store.h"

namespace haul::set::harness {

inline std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

struct PackedSet {
    std::vector<format::Member> members;
    std::vector<std::string> contents;  // of each member
    format::MemberTable table;
    std::vector<std::uint32_t> crcs;  // of each entry
    std::string image, manifest;
    format::SetRecord record;
    store::memory::MemoryStore store;

    static constexpr auto kAlgorithm = digest::Algorithm::xxh128;

    void add_file(const std::string& path, const std::string& text) {
        add(path, zip::Kind::file, path, text);
    }
    void add_symlink(const std::string& path, const std::string& target) {
        add(path, zip::Kind::symlink, path, target);
        members.back().target = target;
    }
    void add_empty_folder(const std::string& path) { add(path, zip::Kind::folder, path + "/", ""); }
    void add_folder_line(const std::string& path) { add(path, zip::Kind::folder, "", ""); }

    // Image, manifest and record, as a pack would publish them.
    void publish(bool with_digests = true) {
        for (const format::Member& member : members) table.add(member);
        build_image();
        std::size_t entry = 0;
        for (std::size_t line = 0; line < members.size(); ++line) {
            format::Member& member = members[line];
            if (member.zip_name.empty()) continue;
            member.crc32 = crcs[entry];
            member.offset = table.layout().data_offset(entry++);
            if (with_digests && member.kind == zip::Kind::file) {
                const std::string raw = digest::of(kAlgorithm, bytes_of(contents[line]));
                member.digest = digest::text(kAlgorithm, raw);
            }
        }
        build_record();
        put("part-00001.zip", image);
        put_records();
    }

    // The record and the manifest as they are now, with digests that are right.
    void put_records() {
        manifest = manifest_of(members);
        record.parts[0].manifest_digest = "sha256:" + digest::sha256_hex(manifest);
        put("part-00001.jsonl.zst", manifest);
        put("haul-00001.json", format::to_document(record));
    }
    void put(const std::string& name, const std::string& bytes) {
        ASSERT_TRUE(store::replace_object(store, name, bytes).has_value()) << name;
    }
    void remove(const std::string& name) { ASSERT_TRUE(store::remove_object(store, name).has_value()); }
    // Turns one bit of the part's byte `at`.
    void spoil(std::uint64_t at) {
        std::string spoilt = image;
        spoilt[at] = static_cast<char>(spoilt[at] ^ 1);
        put("part-00001.zip", spoilt);
    }

    [[nodiscard]] std::string manifest_of(const std::vector<format::Member>& lines) const {
        format::ManifestHeader header;
        header.part = "part-00001.zip";
        header.layout_hash = table.layout().hash();
        header.image_size = image.size();
        header.crc32 = digest::crc32(0, bytes_of(image));
        for (const format::Member& member : lines) ++(member.offset ? header.members : header.folders);
        header.bytes = table.file_bytes();
        header.first = lines.front().path;
        header.last = lines.back().path;
        format::ManifestWriter writer;
        std::string out;
        EXPECT_TRUE(writer.begin(header, out).has_value());
        for (const format::Member& member : lines) EXPECT_TRUE(writer.add(member, out).has_value());
        EXPECT_TRUE(writer.end(out).has_value());
        return out;
    }

  private:
    void add(const std::string& path, zip::Kind kind, const std::string& zip_name, const std::string& text) {
        format::Member member;
        member.path = path;
        member.kind = kind;
        member.zip_name = zip_name;
        member.size = text.size();
        member.mtime_ns = 1'700'000'000'000'000'000;
        member.mode = format::default_mode(kind);
        members.push_back(member);
        contents.push_back(text);
    }

    void build_image() {
        const zip::Layout& layout = table.layout();
        image.assign(layout.image_size(), '\0');
        const auto bytes = std::as_writable_bytes(std::span(image));
        std::size_t entry = 0;
        for (std::size_t line = 0; line < members.size(); ++line) {
            if (members[line].zip_name.empty()) continue;
            crcs.push_back(digest::crc32(0, bytes_of(contents[line])));
            layout.write_header(entry, crcs[entry],
                                bytes.subspan(layout.header_offset(entry), layout.header_size(entry)));
            std::memcpy(image.data() + layout.data_offset(entry), contents[line].data(),
                        contents[line].size());
            ++entry;
        }
        zip::Tail(layout, crcs).fill(bytes.subspan(layout.directory_offset()));
    }

    void build_record() {
        record.name = "set";
        record.source = "/source";
        record.options.digest = digest::name_of(kAlgorithm);
        format::PartRecord part;
        part.name = "part-00001.zip";
        part.manifest = "part-00001.jsonl.zst";
        part.size = image.size();
        part.crc32 = digest::crc32(0, bytes_of(image));
        part.members = table.entries();
        part.folders = table.lines() - table.entries();
        part.bytes = table.file_bytes();
        record.parts = {part};
        for (const format::Member& member : members) {
            if (member.zip_name.empty()) {
                ++record.folder_lines;
            } else {
                ++(member.kind == zip::Kind::file     ? record.files
                   : member.kind == zip::Kind::folder ? record.folders
                                                      : record.symlinks);
            }
        }
        record.bytes = part.bytes;
    }
};

// What every test of this room looks at: kinds of all sorts, empty and not.
inline void fill(PackedSet& set) {
    set.add_folder_line(".");
    set.add_file("a", "contents of a");
    set.add_file("b/empty", "");
    set.add_empty_folder("c");
    set.add_symlink("d", "a");
    set.add_file("e", std::string(3000, 'e'));
    set.publish();
}

}  // namespace haul::set::harness
