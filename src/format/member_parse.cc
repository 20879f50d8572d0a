// Reads a member's line as a stream of JSON events: a value tree a line would cost more than all else.
#include <array>
#include <cstddef>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "format/member.h"
#include "format/member_line.h"

namespace haul::format {
namespace {

enum class Field : std::uint8_t {
    path,
    path_b64,
    type,
    size,
    mtime,
    mode,
    uid,
    gid,
    target,
    target_b64,
    crc32,
    digest,
    offset,
    version,
    zip_name,
    meta,
    proof,
    unknown,
};
constexpr std::array<std::string_view, 17> kFields = {
    "path",       "path_b64", "type",   "size",   "mtime",   "mode",     "uid",  "gid",  "target",
    "target_b64", "crc32",    "digest", "offset", "version", "zip_name", "meta", "proof"};

// More, no ZIP can say.
constexpr std::size_t kLongestZipName = std::numeric_limits<std::uint16_t>::max();

// What nlohmann's SAX parser calls. Returning false ends the parse; `problem` says why.
class MemberEvents {
  public:
    using Json = nlohmann::json;
    std::string problem;

    bool key(std::string& name) {
        if (depth_ == 2 && in_meta_) {
            meta_key_ = std::move(name);
            return true;
        }
        return depth_ != 1 || select(name);
    }
    bool string(std::string& value) {
        if (depth_ == 2 && in_meta_) {
            member_.meta.insert_or_assign(std::move(meta_key_), std::move(value));
            return true;
        }
        return ignored() || take_string(value);
    }
    bool number_unsigned(std::uint64_t value) { return ignored() || take_number(value); }
    bool number_integer(std::int64_t value) {
        if (ignored()) return true;
        if (field_ != Field::mtime) return refuse_field("is negative or not a number");
        member_.mtime_ns = value;
        return true;
    }
    bool null() { return ignored() || refuse_field("is null"); }
    bool boolean(bool) { return ignored() || refuse_field("is true or false"); }
    bool number_float(double, const std::string&) {
        return ignored() || refuse_field("is not a whole number of 64 bits");
    }
    bool binary(Json::binary_t&) { return refuse("it is not JSON text"); }
    bool start_object(std::size_t) {
        const bool opens_meta = depth_ == 1 && field_ == Field::meta;
        if (depth_ > 0 && !opens_meta && !ignored()) return refuse_field("holds an object");
        in_meta_ = in_meta_ || opens_meta;
        ++depth_;
        return true;
    }
    bool end_object() {
        if (--depth_ == 1) in_meta_ = false;
        return true;
    }
    bool start_array(std::size_t) {
        if (!ignored()) return refuse_field("is a list");
        ++depth_;
        return true;
    }
    bool end_array() {
        --depth_;
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const Json::exception&) {
        return refuse("it is not JSON at byte " + std::to_string(position));
    }

    bool finish(Member& into) {
        if (!has(Field::path) && !has(Field::path_b64)) return refuse("field path is missing");
        if (has(Field::path) && has(Field::path_b64))
            return refuse("fields path and path_b64 are both there");
        if (has(Field::target) && has(Field::target_b64))
            return refuse("fields target and target_b64 are both there");
        if (member_.path.empty()) return refuse("field path is empty");
        if (!has(Field::type)) return refuse("field type is missing");
        if (!has(Field::size)) return refuse("field size is missing");
        if (!has(Field::zip_name)) member_.zip_name = usual_zip_name(member_, member_.offset.has_value());
        if (member_.zip_name.size() > kLongestZipName)
            return refuse("its name in the archive is longer than 65,535 bytes");
        into = std::move(member_);
        return true;
    }

  private:
    bool has(Field field) const { return (seen_ >> static_cast<unsigned>(field) & 1U) != 0; }
    bool refuse(std::string why) {
        problem = std::move(why);
        return false;
    }
    bool refuse_field(std::string_view why) {
        if (depth_ == 0) return refuse("it is not an object");
        const std::string name(kFields[static_cast<std::size_t>(field_)]);
        return refuse("field " + name + " " + std::string(why));
    }
    // Writers keep one order, so the next field is most often the one behind the last.
    bool select(std::string_view name) {
        const std::size_t after = field_ == Field::unknown ? 0 : static_cast<std::size_t>(field_) + 1;
        for (std::size_t i = 0; i < kFields.size(); ++i) {
            const std::size_t at = (after + i) % kFields.size();
            if (kFields[at] != name) continue;
            field_ = static_cast<Field>(at);
            if (has(field_)) return refuse_field("is there twice");
            seen_ |= 1U << static_cast<unsigned>(field_);
            return true;
        }
        field_ = Field::unknown;
        return true;
    }
    // Inside an unknown field, at any depth.
    bool ignored() const { return depth_ > 0 && field_ == Field::unknown; }

    bool take_number(std::uint64_t value) {
        switch (field_) {
            case Field::size:
                member_.size = value;
                return true;
            case Field::offset:
                member_.offset = value;
                return true;
            case Field::mtime:
                return take_mtime(value);
            case Field::mode:
                return take_small(value, member_.mode);
            case Field::uid:
                return take_small(value, member_.uid);
            case Field::gid:
                return take_small(value, member_.gid);
            default:
                return refuse_field("is a number and should not be");
        }
    }
    bool take_mtime(std::uint64_t value) {
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return refuse_field("is too large");
        }
        member_.mtime_ns = static_cast<std::int64_t>(value);
        return true;
    }
    bool take_small(std::uint64_t value, std::optional<std::uint32_t>& into) {
        if (value > std::numeric_limits<std::uint32_t>::max()) return refuse_field("is too large");
        into = static_cast<std::uint32_t>(value);
        return true;
    }

    bool take_string(std::string& value) {
        switch (field_) {
            case Field::path:
                member_.path = std::move(value);
                return true;
            case Field::path_b64:
                return take_base64(value, member_.path);
            case Field::target:
                member_.target = std::move(value);
                return true;
            case Field::target_b64:
                return take_base64(value, member_.target);
            case Field::digest:
                member_.digest = std::move(value);
                return true;
            case Field::version:
                member_.version = std::move(value);
                return true;
            case Field::zip_name:
                member_.zip_name = std::move(value);
                return true;
            case Field::type:
                return take_kind(value);
            case Field::crc32:
                member_.crc32 = checksum_of(value);
                return member_.crc32.has_value() || refuse_field("is not 8 lower-case hex digits");
            // A proof of a later minor form is none that we can rely on.
            case Field::proof:
                member_.proof = proof_named(value).value_or(Proof::none);
                return true;
            default:
                return refuse_field("is a text and should not be");
        }
    }
    bool take_base64(std::string_view value, std::string& into) {
        std::optional<std::string> bytes = text::base64_decode(value);
        if (!bytes) return refuse_field("is not base64");
        into = *std::move(bytes);
        return true;
    }
    bool take_kind(std::string_view value) {
        const std::optional<zip::Kind> kind = kind_named(value);
        if (!kind) return refuse_field("is neither file, dir nor symlink");
        member_.kind = *kind;
        return true;
    }

    Member member_;
    std::string meta_key_;
    std::uint32_t seen_ = 0;
    Field field_ = Field::unknown;
    int depth_ = 0;
    bool in_meta_ = false;
};

}  // namespace

Result<Member> parse_member(std::string_view line, std::string_view subject) {
    MemberEvents events;
    Member member;
    const bool read = nlohmann::json::sax_parse(line.begin(), line.end(), &events) && events.finish(member);
    if (!read) return failure(Code::corrupt, "read a member's line of", std::string(subject), events.problem);
    return member;
}

}  // namespace haul::format
