#include "format/manifest.h"

#include <utility>

#include "base/json.h"
#include "format/line_writer.h"
#include "format/member_line.h"
#include "format/read_lines.h"

namespace haul::format {
namespace {

void append_header(std::string& out, const ManifestHeader& header) {
    LineWriter line(out);
    line.text("format", kFormat);
    line.text("part", header.part);
    line.text("layout", header.layout_hash);
    line.number("size", header.image_size);
    line.checksum("crc32", header.crc32);
    line.number("members", header.members);
    line.number("folders", header.folders);
    line.number("bytes", header.bytes);
    line.bytes("first", header.first);
    line.bytes("last", header.last);
    line.close();
}

Result<std::uint32_t> checksum_at(const json::Value& object, std::string_view subject) {
    const std::string digits = TRY(json::string_at(object, "crc32", subject));
    const std::optional<std::uint32_t> crc32 = checksum_of(digits);
    if (!crc32) return failure(line_error(subject, "field crc32 is not 8 lower-case hex digits"));
    return *crc32;
}

Result<ManifestHeader> parse_header(std::string_view line, std::string_view subject) {
    const json::Value value = TRY(json::parse(line, subject));
    TRY(check_format(TRY(json::string_at(value, "format", subject)), subject));
    ManifestHeader header;
    header.part = TRY(json::string_at(value, "part", subject));
    header.layout_hash = TRY(json::string_at(value, "layout", subject));
    header.image_size = TRY(json::uint_at(value, "size", subject));
    header.crc32 = TRY(checksum_at(value, subject));
    header.members = TRY(json::uint_at(value, "members", subject));
    header.folders = TRY(json::uint_at(value, "folders", subject));
    header.bytes = TRY(json::uint_at(value, "bytes", subject));
    header.first = TRY(json::find_bytes(value, "first", subject)).value_or("");
    header.last = TRY(json::find_bytes(value, "last", subject)).value_or("");
    return header;
}

}  // namespace

Status ManifestWriter::begin(const ManifestHeader& header, std::string& out) {
    promised_members_ = header.members;
    promised_folders_ = header.folders;
    append_header(lines_.text(), header);
    return lines_.end_line_now(out);
}

Status ManifestWriter::add(const Member& member, std::string& out) {
    TRY(lines_.add_member(member, LineForm::manifest, "manifest", out));
    ++(member.offset ? members_ : folders_);
    return {};
}

Status ManifestWriter::end(std::string& out) {
    if (members_ != promised_members_ || folders_ != promised_folders_) {
        return failure(Code::internal, "write a manifest", "", "its header promises another number of lines");
    }
    return lines_.end(out);
}

ManifestReader::ManifestReader(std::string subject) : subject_(std::move(subject)), decompressor_(subject_) {}

Status ManifestReader::write(std::string_view compressed, const MemberSink& sink) {
    return read_lines(decompressor_, pending_, compressed, subject_,
                      [&](std::string_view line) { return take_line(line, sink); });
}

Status ManifestReader::take_line(std::string_view line, const MemberSink& sink) {
    if (!header_) {
        header_ = TRY(parse_header(line, subject_));
        return {};
    }
    const Member member = TRY(parse_member(line, subject_));
    ++(member.offset ? with_entry_ : without_entry_);
    if (with_entry_ > header_->members || without_entry_ > header_->folders) {
        return failure(line_error(subject_, "it has more lines than its header says"));
    }
    return sink(member);
}

Status ManifestReader::end() {
    TRY(decompressor_.end());
    if (!header_) return failure(line_error(subject_, "it has no header line"));
    if (!pending_.empty()) return failure(line_error(subject_, "its last line is not complete"));
    if (with_entry_ != header_->members || without_entry_ != header_->folders) {
        return failure(line_error(subject_, "it has fewer lines than its header says"));
    }
    return {};
}

}  // namespace haul::format
