// Foreign archives are looked through as a whole before the first write: hashes of names, 128 bits each, so
// that one pass over any number of archives finds names that meet.
#include <unordered_set>
#include <utility>

#include "base/digest.h"
#include "flow/unpack/placing.h"
#include "flow/unpack/units.h"

namespace haul::unpack {
namespace {

using digest::hash_of;
using Hashes = std::unordered_set<digest::Hash128, digest::HashOfHash>;

Error refused(const std::string& archive, const std::string& path, std::string why) {
    return make_error(Code::corrupt, "unpack", archive, path + ": " + std::move(why))
        .with_remedy("nothing was written; look at the archive with another tool before you trust it");
}

bool beneath_symlink(std::string_view path, const Hashes& symlinks) {
    if (symlinks.empty()) return false;
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
        if (symlinks.contains(hash_of(path.substr(0, slash)))) return true;
    }
    return false;
}

class NameCheck {
  public:
    NameCheck(const Request& request, const Archives& archives, IndexCache& indexes,
              const engine::Shutdown& shutdown)
        : request_(request), archives_(archives), indexes_(indexes), shutdown_(shutdown) {}

    Status run() {
        TRY(for_each_item(
            [this](const std::string& archive, const Item& item) { return meet(archive, item); }));
        if (symlinks_.empty()) return {};
        return for_each_item([this](const std::string& archive, const Item& item) -> Status {
            if (!beneath_symlink(item.path, symlinks_)) return {};
            return failure(
                refused(archive, item.path, "it would be written through a symlink of the archive"));
        });
    }

  private:
    Status for_each_item(const std::function<Status(const std::string&, const Item&)>& visit) {
        for (std::size_t archive = 0; archive < archives_.names.size(); ++archive) {
            if (shutdown_.draining()) {
                return failure(Code::interrupted, "unpack", request_.source.canonical(),
                               "stopped on request");
            }
            const auto index = TRY(indexes_.get(archives_, archive, limits_of(request_), shutdown_.stop()));
            for (std::size_t at = 0; at < index->count(); ++at) {
                const std::optional<Item> item = index->item(at);
                if (item) TRY(visit(archives_.names[archive], *item));
            }
        }
        return {};
    }

    Status meet(const std::string& archive, const Item& item) {
        if (in_own_folder(item.path)) {
            return failure(
                refused(archive, item.path, "it would lie in .haul/, where unpacking keeps its own files"));
        }
        // The same folder in several archives is one folder.
        const bool is_new = names_.insert(hash_of(item.path)).second;
        if (!is_new && item.kind != zip::Kind::folder) {
            return failure(refused(archive, item.path, "a member of this name was met before"));
        }
        if (item.kind == zip::Kind::symlink) symlinks_.insert(hash_of(item.path));
        return {};
    }

    const Request& request_;
    const Archives& archives_;
    IndexCache& indexes_;
    const engine::Shutdown& shutdown_;
    Hashes names_, symlinks_;
};

}  // namespace

Status check_names(const Request& request, const Archives& archives, IndexCache& indexes,
                   const engine::Shutdown& shutdown) {
    return NameCheck(request, archives, indexes, shutdown).run();
}

}  // namespace haul::unpack
