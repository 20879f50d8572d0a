#include "flow/pack/selection.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "flow/pack/meta_log.h"
#include "flow/pack/notes.h"
#include "zip/names.h"

namespace haul::pack {
namespace {

// The order of a byte-ordered listing: the whole path, `/` appended to folders; the root comes before all,
// also before `!` and `#`, which sort below `.`.
std::string sort_key(const std::string& path, bool is_folder) {
    if (path == ".") return {'\0'};
    return is_folder ? path + "/" : path;
}

bool is_beneath(std::string_view path, std::string_view folder) {
    if (folder == ".") return true;
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::string write_cursor(const std::string& page, const std::string& key) {
    json::Ordered cursor;
    json::put_bytes(cursor, "page", page);
    json::put_bytes(cursor, "key", key);
    return json::dump(cursor);
}

std::string path_beneath(const std::string& outer, const std::string& inner) {
    const std::string base = outer.ends_with('/') ? outer : outer + "/";
    return inner.starts_with(base) ? inner.substr(base.size()) : std::string();
}

}  // namespace

std::optional<format::Member> member_of(const store::Object& object) {
    format::Member member;
    member.path = object.name;
    member.mtime_ns = object.attributes.mtime_ns;
    member.mode = object.attributes.mode;
    member.uid = object.attributes.uid;
    member.gid = object.attributes.gid;
    member.meta = meta_of(object.attributes);
    switch (object.kind) {
        case store::Kind::file:
            member.kind = zip::Kind::file;
            member.size = object.size;
            member.version = object.version.tag;
            return member;
        case store::Kind::folder:
            member.kind = zip::Kind::folder;
            return member;
        case store::Kind::symlink:
            member.kind = zip::Kind::symlink;
            member.target = object.target;
            member.size = object.target.size();
            return member;
        case store::Kind::other:
        case store::Kind::unreadable:
            return std::nullopt;
    }
    return std::nullopt;
}

Result<Selection> Selection::open(store::Store& source, const Request& request, const std::string& after,
                                  const std::string& beneath) {
    Selection selection(source, request, TRY(Filter::make(request)));
    if (request.source.scheme == store::Scheme::local && !request.state_folder.empty()) {
        selection.state_inside_ = path_beneath(request.source.path, request.state_folder);
    }
    store::ListRequest list;
    list.prefix = beneath;
    if (!after.empty()) {
        const json::Value cursor = TRY(json::parse(after, "listing cursor"));
        list.after = TRY(json::find_bytes(cursor, "page", "listing cursor")).value_or("");
        selection.skip_until_ = TRY(json::find_bytes(cursor, "key", "listing cursor")).value_or("");
        selection.page_cursor_ = list.after;
    }
    selection.listing_ = TRY(source.list(list));
    return selection;
}

Result<std::optional<Selected>> Selection::next(const std::stop_token& stop) {
    while (ready_.empty() && !ended_) TRY(fetch(stop));
    if (ready_.empty()) return std::optional<Selected>();
    std::optional<Selected> item(std::move(ready_.front()));
    ready_.pop_front();
    return item;
}

Status Selection::fetch(const std::stop_token& stop) {
    const store::Page page = TRY(listing_->next(stop));
    for (const store::Object& object : page.objects) {
        // An unreadable folder is listed twice, as folder and as problem: the key never goes back.
        current_key_ = std::max(current_key_, sort_key(object.name, object.kind == store::Kind::folder));
        if (!skip_until_.empty()) {
            if (current_key_ <= skip_until_) continue;
            skip_until_.clear();
        }
        take(object);
    }
    // Folders held back across the page's end are listed again on resume: the cursor of a page counts only
    // once none is held.
    if (held_.empty()) page_cursor_ = page.cursor;
    if (page.last) {
        current_key_ = "\xff";
        settle_folders({}, false);
        TRY(note_missing_names());
        ended_ = true;
    }
    return {};
}

// Names of --files-from that the listing did not come to. What an earlier run listed was not met by this one,
// so the source is asked; a name that is there was left out by another rule.
Status Selection::note_missing_names() {
    for (const std::string& name : filter_.names_not_met()) {
        auto object = store::find_object(*source_, name);
        if (!object && about_member(object.error())) {
            emit_note(Selected::What::failed, name, std::string(name_of(object.error().code)),
                      object.error().message());
        } else if (!TRY(std::move(object))) {
            std::string detail = "--files-from names it, the source does not have it";
            // Lists that Windows wrote end their lines so.
            if (name.ends_with('\r')) {
                const auto without = store::find_object(*source_, name.substr(0, name.size() - 1));
                if (without && *without)
                    detail +=
                        " with the carriage return (\\r) at its end, but without it: write the list with "
                        "Unix line ends";
            }
            emit_note(Selected::What::failed, name, "missing", std::move(detail));
        }
    }
    return {};
}

bool Selection::hidden(std::string_view path) const {
    return !state_inside_.empty() && (path == state_inside_ || is_beneath(path, state_inside_));
}

void Selection::take(const store::Object& object) {
    if (hidden(object.name)) {
        left_out_state_ = true;
        return;
    }
    if (object.kind == store::Kind::folder) return take_folder(object);
    const bool unknown = object.kind == store::Kind::unreadable;
    if (unknown ? !filter_.may_hold(object.name) : !filter_.takes_file(object)) return;
    filter_.met(object.name);
    settle_folders(object.name, false);
    if (object.kind == store::Kind::other) {
        return emit_note(Selected::What::skipped, object.name, "special",
                         "a FIFO, socket or device: it has no contents to pack");
    }
    if (object.kind == store::Kind::unreadable) {
        return emit_note(Selected::What::failed, object.name, "unreadable",
                         object.problem ? object.problem->message() : "could not be looked at");
    }
    if (object.archived) {
        return emit_note(Selected::What::failed, object.name, "archived",
                         "in an archive class; restore it first");
    }
    if (object.kind == store::Kind::symlink && request_->options.symlinks == "skip") return;
    if (std::optional<format::Member> member = member_of(object)) emit_member(std::move(*member), true);
}

void Selection::take_folder(const store::Object& object) {
    if (object.name != "." && filter_.excludes_folder(object.name)) return;
    filter_.met(object.name);
    settle_folders(object.name, true);
    held_.push_back(*member_of(object));
}

// Decides the held folders now that the next taken item is known: one that contains it needs no entry of its
// own; one that turned out to be empty gets one, unless files are being picked and nothing in it was.
void Selection::settle_folders(std::string_view next_path, bool next_is_folder) {
    std::vector<format::Member> still_held;
    for (format::Member& folder : held_) {
        const bool has_next = !next_path.empty() && is_beneath(next_path, folder.path);
        if (has_next && next_is_folder && filter_.selective()) {
            still_held.push_back(std::move(folder));
        } else if (has_next || !filter_.selective() || folder.path == ".") {
            const bool entry = folder.path != "." && (!has_next || request_->options.folders == "all");
            emit_member(std::move(folder), entry);
        }
    }
    held_ = std::move(still_held);
}

void Selection::emit_member(format::Member member, bool with_entry) {
    Selected item;
    if (with_entry) member.zip_name = zip::archive_name(member.path, member.kind == zip::Kind::folder);
    item.cursor = write_cursor(page_cursor_, sort_key(member.path, member.kind == zip::Kind::folder));
    item.member = std::move(member);
    ready_.push_back(std::move(item));
}

void Selection::emit_note(Selected::What what, const std::string& path, std::string reason,
                          std::string detail) {
    Selected item;
    item.what = what;
    item.note = {path, std::move(reason), std::move(detail)};
    item.cursor = write_cursor(page_cursor_, current_key_);
    ready_.push_back(std::move(item));
}

}  // namespace haul::pack
