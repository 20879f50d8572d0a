#include "flow/unpack/survey.h"

#include "flow/unpack/units.h"

namespace haul::unpack {

void Counted::add(const Item& item) {
    switch (item.kind) {
        case zip::Kind::file:
            ++files;
            bytes += item.size;
            break;
        case zip::Kind::folder:
            ++folders;
            break;
        case zip::Kind::symlink:
            ++symlinks;
            break;
    }
}

json::Ordered to_json(const Counted& counted) {
    return {{"files", counted.files},
            {"folders", counted.folders},
            {"symlinks", counted.symlinks},
            {"bytes", counted.bytes}};
}

Result<Counted> counted_from(const json::Value& value, std::string_view subject) {
    Counted counted;
    counted.files = TRY(json::uint_at(value, "files", subject));
    counted.folders = TRY(json::uint_at(value, "folders", subject));
    counted.symlinks = TRY(json::uint_at(value, "symlinks", subject));
    counted.bytes = TRY(json::uint_at(value, "bytes", subject));
    return counted;
}

bool matches(const std::optional<Glob>& include, const Item& item) {
    return !include || include->matches(item.path, item.kind == zip::Kind::folder);
}

Status for_each_wanted(const Scope& scope, const Visit& visit) {
    const Archives& archives = scope.archives;
    for (std::size_t archive = 0; archive < archives.names.size(); ++archive) {
        if (scope.shutdown.draining()) {
            return failure(Code::interrupted, "unpack", scope.request.source.canonical(),
                           "stopped on request");
        }
        const auto index =
            TRY(scope.indexes.get(archives, archive, limits_of(scope.request), scope.shutdown.stop()));
        for (std::size_t at = 0; at < index->count(); ++at) {
            const std::optional<Item> item = index->item(at);
            if (item && matches(scope.include, *item)) TRY(visit(*item));
        }
    }
    return {};
}

Result<Counted> count_wanted(const Scope& scope) {
    Counted counted;
    if (scope.archives.set && !scope.include) {
        const format::SetRecord& set = *scope.archives.set;
        counted = {set.files, set.folders, set.symlinks, set.bytes};
        return counted;
    }
    TRY(for_each_wanted(scope, [&](const Item& item) -> Status {
        if (item.stands) counted.add(item);
        return {};
    }));
    return counted;
}

}  // namespace haul::unpack
