#include "format/part_list.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/json.h"
#include "format/line_writer.h"
#include "format/member_line.h"
#include "format/read_lines.h"

namespace haul::format {
namespace {

// A member's line never begins so: its first field is path or path_b64.
constexpr std::string_view kEndBegins = "{\"end\":";
constexpr std::string_view kNoteBegins = "{\"note\":";
constexpr std::array<std::string_view, 3> kNoteNames = {"skipped", "failed", "late"};

// Filling has not begun yet, so no member has an offset: its name in the archive tells whether it has an
// entry.
bool has_entry(const Member& member) { return !member.zip_name.empty(); }

void append_note(std::string& out, const ListNote& note) {
    LineWriter line(out);
    line.text("note", kNoteNames[static_cast<std::size_t>(note.what)]);
    line.bytes("path", note.item.path);
    line.text("reason", note.item.reason);
    line.text("detail", note.item.detail);
    line.close();
}

Result<ListNote> parse_note(std::string_view line, std::string_view subject) {
    const json::Value value = TRY(json::parse(line, subject));
    const std::string what = TRY(json::string_at(value, "note", subject));
    const auto* const found = std::find(kNoteNames.begin(), kNoteNames.end(), what);
    if (found == kNoteNames.end()) return failure(line_error(subject, "unknown note " + what));
    ListNote note;
    note.what = static_cast<ListNote::What>(found - kNoteNames.begin());
    note.item.path = TRY(json::find_bytes(value, "path", subject)).value_or("");
    note.item.reason = TRY(json::string_at(value, "reason", subject));
    note.item.detail = TRY(json::string_at(value, "detail", subject));
    return note;
}

void append_end(std::string& out, const PartListEnd& end) {
    LineWriter line(out);
    line.flag("end", true);
    line.text("layout", end.layout_hash);
    line.bytes("cursor", end.cursor);
    line.flag("last", end.last);
    line.flag("oversize", end.oversize);
    line.flag("settles", end.settles);
    line.number("members", end.members);
    line.number("folders", end.folders);
    line.number("bytes", end.bytes);
    line.number("size", end.image_size);
    if (end.text > 0) line.number("text", end.text);
    line.close();
}

Result<PartListEnd> parse_end(std::string_view line, std::string_view subject) {
    const json::Value value = TRY(json::parse(line, subject));
    PartListEnd end;
    end.layout_hash = TRY(json::string_at(value, "layout", subject));
    end.cursor = TRY(json::find_bytes(value, "cursor", subject)).value_or("");
    end.last = TRY(json::bool_at(value, "last", subject));
    end.oversize = TRY(json::bool_at(value, "oversize", subject));
    end.settles = TRY(json::bool_at(value, "settles", subject));
    end.members = TRY(json::uint_at(value, "members", subject));
    end.folders = TRY(json::uint_at(value, "folders", subject));
    end.bytes = TRY(json::uint_at(value, "bytes", subject));
    end.image_size = TRY(json::uint_at(value, "size", subject));
    end.text = TRY(json::find_uint(value, "text", subject)).value_or(0);
    return end;
}

Result<std::uint32_t> small_at(const json::Value& value, const char* field, std::string_view subject) {
    const std::uint64_t number = TRY(json::uint_at(value, field, subject));
    if (number == 0 || number > std::numeric_limits<std::uint32_t>::max()) {
        return failure(line_error(subject, std::string("field ") + field + " is out of range"));
    }
    return static_cast<std::uint32_t>(number);
}

Result<PartListHeader> parse_header(std::string_view line, std::string_view subject) {
    const json::Value value = TRY(json::parse(line, subject));
    TRY(check_format(TRY(json::string_at(value, "format", subject)), subject));
    PartListHeader header;
    header.part = TRY(small_at(value, "part", subject));
    header.revision = TRY(small_at(value, "revision", subject));
    return header;
}

}  // namespace

Status PartListWriter::begin(const PartListHeader& header, std::string& out) {
    LineWriter line(lines_.text());
    line.text("format", kFormat);
    line.number("part", header.part);
    line.number("revision", header.revision);
    line.close();
    return lines_.end_line_now(out);
}

Status PartListWriter::add(const Member& member, std::string& out) {
    return lines_.add_member(member, LineForm::list, "list", out);
}

Status PartListWriter::end(const PartListEnd& end, std::string& out) {
    for (const ListNote& note : end.notes) {
        append_note(lines_.text(), note);
        TRY(lines_.end_line(out));
    }
    append_end(lines_.text(), end);
    TRY(lines_.end_line_now(out));
    return lines_.end(out);
}

PartListReader::PartListReader(std::string subject) : subject_(std::move(subject)), decompressor_(subject_) {}

Status PartListReader::write(std::string_view compressed, const MemberSink& sink) {
    return read_lines(decompressor_, pending_, compressed, subject_,
                      [&](std::string_view line) { return take_line(line, sink); });
}

Status PartListReader::take_line(std::string_view line, const MemberSink& sink) {
    if (!header_) {
        header_ = TRY(parse_header(line, subject_));
        return {};
    }
    if (end_) return failure(line_error(subject_, "it goes on behind its closing line"));
    if (line.starts_with(kNoteBegins)) {
        notes_.push_back(TRY(parse_note(line, subject_)));
        return {};
    }
    if (line.starts_with(kEndBegins)) {
        end_ = TRY(parse_end(line, subject_));
        return {};
    }
    const Member member = TRY(parse_member(line, subject_));
    ++(has_entry(member) ? members_ : folders_);
    return sink(member);
}

Result<PartListEnd> PartListReader::end() {
    TRY(decompressor_.end());
    if (!header_) return failure(line_error(subject_, "it has no header line"));
    if (!end_ || !pending_.empty()) return failure(line_error(subject_, "its closing line is missing"));
    if (members_ != end_->members || folders_ != end_->folders) {
        return failure(line_error(subject_, "its closing line counts other lines than it has"));
    }
    end_->notes = std::move(notes_);
    return *end_;
}

}  // namespace haul::format
