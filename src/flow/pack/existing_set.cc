// Both sides are compared as sums of hashes over (path, kind, size, mtime or a service's version, target), so
// that neither is ever held: equal sums, equal sets (up to a chance of 2^-128). Only where they differ are
// the differences looked for, a stretch of the hash space at a time.
#include "flow/pack/existing_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "flow/pack/failed_paths.h"
#include "flow/pack/notes.h"
#include "flow/pack/selection.h"
#include "flow/set/set_view.h"

namespace haul::pack {
namespace {

using Fingerprint = digest::Hash128;

struct Mark {
    std::uint64_t path = 0;    // hash of the path
    Fingerprint contents = 0;  // hash of all that counts
};

Mark mark_of(const format::Member& member) {
    std::string text = member.path;
    text += '\0';
    text += static_cast<char>('0' + static_cast<int>(member.kind));
    Mark mark;
    mark.path = static_cast<std::uint64_t>(digest::hash_of(text));
    // Folders change their time with every file that comes or goes beneath them: what counts is that they are
    // there.
    if (member.kind == zip::Kind::file) {
        // A service's version tells contents apart; its time only when they were written, be it once more.
        const std::int64_t time = member.version.empty() ? member.mtime_ns.value_or(0) : 0;
        text += fmt::format("{} {} {}", member.size, time, member.version);
    }
    if (member.kind == zip::Kind::symlink) text += member.target;
    mark.contents = digest::hash_of(text);
    return mark;
}

struct Sum {
    Fingerprint total = 0;
    std::uint64_t count = 0;
    void add(const Mark& mark) {
        total += mark.contents;
        ++count;
    }
    bool operator==(const Sum&) const = default;
};

using Visit = std::function<void(const format::Member&)>;

class Comparer {
  public:
    Comparer(store::Store& source, store::Store& destination, const Request& request,
             const format::SetRecord& record, const std::stop_token& stop)
        : source_(source),
          destination_(destination),
          request_(request),
          record_(record),
          stop_(stop),
          failed_(record) {
        keep_version_ = !source.capabilities().keeps_modes;
    }

    Status compare() {
        Sum there, here;
        TRY(visit_set([&](const format::Member& member) { there.add(mark_of(member)); }));
        TRY(visit_source([&](const format::Member& member) { here.add(mark_of(member)); }));
        if (there == here) return {};
        return failure(TRY(describe(std::max(there.count, here.count))));
    }

    // Failed items that have a line in the set all the same: folders that could not be looked into.
    std::map<std::string, LinePlace, std::less<>> take_in_set() { return std::move(in_set_); }

  private:
    Status visit_set(const Visit& visit) {
        return set::for_each_member(
            destination_, record_,
            [&](const format::PartRecord& part, const format::Member& member) -> Status {
                if (failed_.contains(member.path))
                    in_set_.insert_or_assign(member.path, LinePlace{part.name, member.offset.has_value()});
                if (!failed_.cover(member.path)) visit(member);
                return {};
            },
            stop_);
    }

    Status visit_source(const Visit& visit) {
        Selection selection = TRY(Selection::open(source_, request_, {}));
        while (true) {
            std::optional<Selected> item = TRY(selection.next(stop_));
            if (!item) return {};
            if (item->what != Selected::What::member || failed_.cover(item->member.path)) continue;
            if (!keep_version_) item->member.version.clear();
            visit(item->member);
        }
    }

    // Counts and examples, with at most kAtOnce marks in memory.
    Result<Error> describe(std::uint64_t members) {
        constexpr std::uint64_t kAtOnce = 4'000'000;
        const std::uint64_t passes = members / kAtOnce + 1;
        for (std::uint64_t pass = 0; pass < passes; ++pass) TRY(describe_pass(pass, passes));
        std::string detail =
            fmt::format("the source has changed since the set was completed: {} new, {} changed, {} gone",
                        added_, changed_, gone_);
        if (!examples_.empty()) detail += fmt::format(" ({})", fmt::join(examples_, ", "));
        return make_error(Code::usage, "pack", request_.source.canonical(), std::move(detail))
            .with_remedy("pack it as a new set under another --name; the complete set stays as it is");
    }

    Status describe_pass(std::uint64_t pass, std::uint64_t passes) {
        std::unordered_map<std::uint64_t, Fingerprint> there;
        TRY(visit_set([&](const format::Member& member) {
            const Mark mark = mark_of(member);
            if (mark.path % passes == pass) there[mark.path] = mark.contents;
        }));
        TRY(visit_source([&](const format::Member& member) {
            const Mark mark = mark_of(member);
            if (mark.path % passes != pass) return;
            const auto found = there.find(mark.path);
            if (found == there.end()) {
                ++added_;
                example("new", member.path);
            } else {
                if (found->second != mark.contents) {
                    ++changed_;
                    example("changed", member.path);
                }
                there.erase(found);
            }
        }));
        gone_ += there.size();
        if (there.empty()) return {};
        return visit_set([&](const format::Member& member) {
            if (there.contains(mark_of(member).path)) example("gone", member.path);
        });
    }

    void example(std::string_view what, const std::string& path) {
        if (examples_.size() < 5) examples_.push_back(fmt::format("{}: {}", what, text::printable(path)));
    }

    store::Store& source_;
    store::Store& destination_;
    const Request& request_;
    const format::SetRecord& record_;
    std::stop_token stop_;
    FailedPaths failed_;
    std::map<std::string, LinePlace, std::less<>> in_set_;
    bool keep_version_ = false;
    std::uint64_t added_ = 0, changed_ = 0, gone_ = 0;
    std::vector<std::string> examples_;
};

// Whether a failed item of the record can be read now: opened, and its first byte read; a folder: listed.
Result<bool> readable_now(store::Store& source, const std::string& path, const std::stop_token& stop) {
    const auto object = TRY(store::find_object(source, path));
    if (!object || object->kind == store::Kind::unreadable || object->kind == store::Kind::other ||
        object->archived)
        return false;
    if (object->kind == store::Kind::folder) {
        const store::Page page = TRY(TRY(source.list({.prefix = path}))->next(stop));
        return std::ranges::none_of(page.objects, [&](const store::Object& found) {
            return found.kind == store::Kind::unreadable && found.name == path;
        });
    }
    if (object->kind == store::Kind::symlink) return true;
    std::byte first{};
    store::Read read;
    read.name = path;
    read.into = {&first, object->size > 0 ? 1U : 0U};
    source.read_many({&read, 1}, stop);
    return read.result.has_value();
}

}  // namespace

Result<Comparison> compare_with_set(store::Store& source, store::Store& destination, const Request& request,
                                    const format::SetRecord& record, report::Hub& hub,
                                    const std::stop_token& stop) {
    std::vector<std::string> different = format::differences(record.options, request.options);
    if (record.source != request.source.canonical()) {
        different.insert(different.begin(), fmt::format("its source is {}", record.source));
    }
    if (!different.empty()) {
        return failure(make_error(Code::usage, "pack into", destination.capabilities().address,
                                  fmt::format("a complete set of another request is there: {}",
                                              fmt::join(different, "; ")))
                           .with_remedy("give this one another --name"));
    }
    TRY(set::check_parts(destination, record));
    Comparison comparison;
    for (const format::ItemNote& note : record.failed) {
        auto readable = readable_now(source, note.path, stop);
        if (readable && *readable) {
            comparison.readable.push_back(note.path);
        } else {
            ++comparison.still_failed;
            hub.fail_item(note.path, failed_item("pack", note));
        }
    }
    Comparer comparer(source, destination, request, record, stop);
    TRY(comparer.compare());
    comparison.in_set = comparer.take_in_set();
    return comparison;
}

}  // namespace haul::pack
