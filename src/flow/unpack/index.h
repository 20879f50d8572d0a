// An archive's members as unpacking sees them: from our manifest where there is one, else from the central
// directory.
//
// An Index is built once and then read by any number of threads. Memory: see memory_for().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "flow/unpack/archives.h"
#include "format/member_table.h"
#include "zip/reader.h"

namespace haul::unpack {

struct Item {
    std::string path;
    zip::Kind kind = zip::Kind::file;
    std::uint64_t size = 0;
    std::optional<std::int64_t> mtime_ns;
    std::optional<std::uint32_t> mode, uid, gid;
    std::string target;                       // of a symlink; foreign archives: in its data
    std::map<std::string, std::string> meta;  // content type and metadata of a service's object
    std::optional<std::uint32_t> crc32;
    std::string digest;                   // raw; empty: none
    std::uint64_t begin = 0, end = 0;     // the stretch of the archive that holds it: ours its data; foreign
                                          // from its header on, `end` being where the next may begin
    const zip::Entry* foreign = nullptr;  // null: ours, stored
    bool stands = false;                  // has bytes or an entry in the archive
};

class Index {
  public:
    // Of part `archive` of a set, or of a foreign ZIP.
    [[nodiscard]] static Result<std::shared_ptr<const Index>> load(const Archives& archives,
                                                                   std::size_t archive,
                                                                   const zip::Limits& limits,
                                                                   const std::stop_token& stop);
    // Bytes that the index of this archive takes at most. Foreign ones are asked for it: two small reads.
    [[nodiscard]] static Result<std::uint64_t> memory_for(const Archives& archives, std::size_t archive);
    [[nodiscard]] std::size_t count() const { return entries_.empty() ? table_.lines() : entries_.size(); }
    // Superseded and gone members of a set do not count: nullopt.
    [[nodiscard]] std::optional<Item> item(std::size_t index) const;
    [[nodiscard]] digest::Algorithm algorithm() const { return algorithm_; }

  private:
    [[nodiscard]] Status load_ours(const Archives& archives, std::size_t archive,
                                   const std::stop_token& stop);
    [[nodiscard]] Status load_foreign(const Archives& archives, std::size_t archive,
                                      const zip::Limits& limits);
    // Ours
    format::MemberTable table_;
    std::vector<std::uint32_t> crcs_;     // of each line
    std::vector<std::uint64_t> offsets_;  // of each line's data
    std::string digests_;                 // raw, of each line
    digest::Algorithm algorithm_ = digest::Algorithm::none;
    std::size_t width_ = 0;
    std::set<std::string, std::less<>> left_out_;
    // Foreign
    std::vector<zip::Entry> entries_;
    std::uint64_t archive_size_ = 0;
};

// Units of one archive come one after the other and share its index. Only the last one is kept while nobody
// uses it, and it goes before another is read: who reserves memory_for() what he asks for stays within it.
// Thread-safe.
class IndexCache {
  public:
    [[nodiscard]] Result<std::shared_ptr<const Index>> get(const Archives& archives, std::size_t archive,
                                                           const zip::Limits& limits,
                                                           const std::stop_token& stop);

  private:
    std::mutex mutex_;  // held while loading, so that two units of one archive load it once
    std::map<std::size_t, std::weak_ptr<const Index>> in_use_;  // by archive
    std::shared_ptr<const Index> last_;
};

}  // namespace haul::unpack
