// Writes many small objects at once: temporaries for all, one sync, all renames, the folders' sync.
//
// A batch belongs to one thread and is run once; creating and writing is shared with the workers. Descriptors
// are bounded: none outlives the writing of its file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "store/local/durability.h"
#include "store/local/publish.h"
#include "store/local/root.h"
#include "store/local/workers.h"
#include "store/store.h"

namespace haul::store::local {

class BatchWriter {
  public:
    struct Shared {
        const Root& root;
        Workers& workers;
        Durability& durability;
    };
    BatchWriter(Shared shared, std::span<Write> writes, const WriteOptions& options,
                const std::stop_token& stop);
    // Removes the temporaries that are left.
    ~BatchWriter();
    BatchWriter(const BatchWriter&) = delete;
    BatchWriter& operator=(const BatchWriter&) = delete;

    void run();

  private:
    enum class Temporary : std::uint8_t { none, in_scratch, beside };
    struct Item {
        Write* write;
        Temporary where = Temporary::none;
        bool made = false;       // the temporary exists
        bool published = false;  // it stands under its name
        bool own_sync = false;   // on a file system that the batch's syncfs does not reach
    };

    void check_requests();
    void make_folders();
    void write_temporaries();
    void sync_temporaries();
    void publish_all();
    void finish_folders();
    void interrupt_rest();

    [[nodiscard]] Status check_request(const Write& write) const;
    [[nodiscard]] Status prepare(Item& item);
    [[nodiscard]] Status make_folder(Write& write);
    [[nodiscard]] Status write_temporary(Item& item, std::size_t index, Folders& folders);
    [[nodiscard]] Status write_file(Item& item, const Entry& temporary, const std::string& subject);
    [[nodiscard]] Status write_symlink(Item& item, const Entry& temporary, const std::string& subject);
    [[nodiscard]] Status publish_one(Item& item, std::size_t index);
    [[nodiscard]] Status sync_touched(bool whole);
    [[nodiscard]] Status set_folder_attributes(bool whole);
    [[nodiscard]] Result<Entry> temporary_of(const Item& item, std::size_t index, Folders& folders,
                                             std::shared_ptr<const Folder>& keep) const;
    void touch(const Folder& folder);
    void fail_batch(const Error& error);

    Shared shared_;
    std::vector<Item> items_;
    std::stop_token stop_;
    Folders folders_;
    std::string scratch_folder_, scratch_leaf_;
    std::optional<Place> scratch_place_;
    Place root_place_;
    file::Fd whole_;  // for syncfs; invalid: fsync each
    bool sync_each_ = true;
    std::map<std::string, Place> touched_;  // folders with new entries
    std::mutex sync_mutex_;
    std::optional<Error> sync_error_;  // the first; final
};

}  // namespace haul::store::local
