// What SOURCE holds: a packed set, a folder of ZIPs, or one ZIP.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/unpack/unpack.h"
#include "format/set_record.h"
#include "store/open_store.h"
#include "store/store.h"
#include "zip/reader.h"

namespace haul::unpack {

struct Archives {
    std::unique_ptr<store::Store> store;   // where the archives lie
    std::optional<format::SetRecord> set;  // ours; else foreign ZIPs
    std::vector<std::string> names;        // of the ZIPs, in order
    std::vector<std::string> identities;   // of each: another one where its name or its content is another
};

// Code::not_found where there is no ZIP, or a set that is not complete.
[[nodiscard]] Result<Archives> find_archives(const store::Address& source,
                                             const store::OpenOptions& reading = {});
// The same, once the store of SOURCE is open.
[[nodiscard]] Result<Archives> archives_in(std::unique_ptr<store::Store> store, const store::Address& source);

// Whether the set was made from a local folder: no scheme stands before its path.
[[nodiscard]] bool is_from_folder(const format::SetRecord& set);

// An archive's bytes, for zip::read_directory. Not thread-safe; `store` outlives it.
class ArchiveSource : public zip::Source {
  public:
    [[nodiscard]] static Result<ArchiveSource> open(store::Store& store, const std::string& name);
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] Status read(std::uint64_t offset, std::span<std::byte> into) override;
    [[nodiscard]] std::string name() const override { return name_; }

  private:
    ArchiveSource(store::Store& store, std::string name, std::uint64_t size, store::Version version)
        : store_(&store), name_(std::move(name)), size_(size), version_(std::move(version)) {}
    store::Store* store_;
    std::string name_;
    std::uint64_t size_;
    store::Version version_;
};

}  // namespace haul::unpack
