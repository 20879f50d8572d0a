// The files of a corpus: what is on its way in, and recordings under their names for good.
//
//   OUT/audio/AB/ID.EXT   recordings, as fetched; create-only, and durable once place() returned
//   .haul/incoming/KEY    temporaries: in OUT where that is a local folder, else in the job's own folder
//
// A temporary belongs to the unit that it is named for; sweep() removes what no unit wants any more.
// Thread-safe, each key being used by one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "flow/collect/corpus/audio_files.h"
#include "store/address.h"
#include "store/store.h"

namespace haul::collect {

// What may stand behind the dot in the name of a recording's file: at most 8 lower-case letters and digits.
[[nodiscard]] bool is_extension(std::string_view text);

struct Contents {
    std::uint64_t bytes = 0;
    std::string sha256{};  // 64 hex digits
};
// Of a file on this machine.
[[nodiscard]] Result<Contents> contents_of(const std::string& path, const std::stop_token& stop);

class Corpus {
  public:
    // `out` is rooted at OUT and outlives this; `job_folder` is used where OUT is no local folder.
    [[nodiscard]] static Result<std::unique_ptr<Corpus>> open(const store::Address& address,
                                                              store::Store& out,
                                                              const std::string& job_folder);

    // Where the temporary of that key lies, there or not.
    [[nodiscard]] std::string incoming(const std::string& key) const;
    // Absent is fine.
    [[nodiscard]] Status drop(const std::string& key);
    struct Swept {
        std::uint64_t files = 0, bytes = 0;
    };
    // All temporaries but those whose key is wanted.
    [[nodiscard]] Result<Swept> sweep(const std::function<Result<bool>(const std::string& key)>& wanted);

    // Those that there are now, how long ago the oldest was begun (where the file system keeps no birth
    // times: last written to), and how long the one that was left alone longest was not written to.
    struct Temporaries {
        std::uint64_t files = 0, bytes = 0;
        std::chrono::seconds oldest{}, untouched{};
    };
    [[nodiscard]] Result<Temporaries> temporaries() const;

    // The temporary becomes `name`, a file of the corpus. Code::exists: there is one; both stay as they are.
    [[nodiscard]] Status place(const std::string& key, const std::string& name, const std::stop_token& stop);
    [[nodiscard]] Result<bool> has(const std::string& name);
    // The extension of the file that a recording of that id has: "mp3"; nullopt: there was none when its
    // folder was first asked about. For a corpus that the ledger does not know: each folder is listed once.
    [[nodiscard]] Result<std::optional<std::string>> extension_of(const std::string& id,
                                                                  const std::stop_token& stop);
    // A path on this machine that holds the file `name`: itself, or a copy that was fetched as the temporary
    // of `key`.
    [[nodiscard]] Result<std::string> at_hand(const std::string& name, const std::string& key,
                                              const std::stop_token& stop);
    // Absent is fine.
    [[nodiscard]] Status remove(const std::string& name);

    // Free bytes where temporaries are written.
    [[nodiscard]] std::optional<std::uint64_t> free_bytes() const;
    // Where temporaries and recordings are written: what a full disk is about.
    [[nodiscard]] const std::string& folder() const { return folder_; }

  private:
    Corpus(store::Store& out, bool is_local, std::string folder, file::Fd root, std::string beneath)
        : out_(out),
          audio_(out),
          is_local_(is_local),
          folder_(std::move(folder)),
          root_(std::move(root)),
          incoming_(std::move(beneath)) {}
    [[nodiscard]] std::string beneath(const std::string& key) const { return incoming_ + "/" + key; }
    struct Temporary {
        std::string key{};
        std::uint64_t bytes = 0;
        std::chrono::seconds age{}, untouched{};
    };
    [[nodiscard]] Result<std::vector<Temporary>> list_temporaries() const;
    [[nodiscard]] Status place_here(const std::string& key, const std::string& name);

    store::Store& out_;
    AudioFiles audio_;
    bool is_local_;
    std::string folder_;    // OUT, or the job's
    file::Fd root_;         // of it
    std::string incoming_;  // beneath it
};

}  // namespace haul::collect
