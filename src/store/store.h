// A store: a place that holds objects. Every kind of place is reached through this one interface.
//
// Promises, each tested for every store and wrapper by src/store/conformance/:
//  - After a write that failed or was interrupted, nothing partial is visible under the object's name.
//  - A read returns exactly the bytes asked for, of one version, or an error; never a mix of two versions.
//  - A listing is complete and in the order that `capabilities().order` says, or it ends in an error.
//  - What write_many, Upload::finish and remove_many report as done survives a power cut (durable).
//  - create_only never replaces; of several racing writers exactly one wins.
//
// Names are bytes, relative to the store's root: elements joined by `/`, no leading `/`, no empty, `.` or
// `..` element (Code::usage), unless capabilities().any_names. "." is the root itself where a folder is
// meant. Calls are synchronous and take batches; each item of a batch carries its own result. All calls may
// be made from several threads at once; Listing and Upload objects belong to one thread at a time, but for
// Upload::put_many where pieces are durable (durable_pieces). A requested stop ends a call early with
// Code::interrupted in the items not done. Errors name operation and object.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace haul::store {

enum class Kind : std::uint8_t {
    file,
    folder,      // services: a key of size 0 that ends in `/`; its name here has no trailing slash
    symlink,     // local only
    other,       // FIFO, socket, device: listed so that nothing is left out silently
    unreadable,  // could not be looked at; `problem` says why
};
[[nodiscard]] std::string_view name_of(Kind kind);

// Tells one content of an object from another. Opaque; equal tags, equal content. Local: size and mtime
// ("weak"), and after a read also inode and ctime ("strong"); a strong one matches only itself, a weak one
// any strong one with its size and mtime. Empty: unknown, matches everything.
struct Version {
    std::string tag;
    bool operator==(const Version&) const = default;
};

struct Attributes {
    std::optional<std::int64_t> mtime_ns;  // since 1970 UTC
    std::optional<std::uint32_t> mode;     // permission bits, 07777
    std::optional<std::uint32_t> uid, gid;
    std::string content_type;
    std::map<std::string, std::string> metadata;  // user metadata of services
};

struct Object {
    std::string name;
    Kind kind = Kind::file;
    std::uint64_t size = 0;  // bytes; 0 for all but files
    Version version = {};
    Attributes attributes = {};
    std::string target;                  // of a symlink, as stored
    std::optional<std::uint32_t> crc32;  // full-object checksum where the service keeps one
    bool archived = false;               // in a class that must be restored before it can be read
    std::shared_ptr<const Error> problem;
};

enum class Order : std::uint8_t {
    bytes,   // of the whole name, `/` appended to folders
    stable,  // the same at each listing, but not byte order
};

// What a store can do; plain data. Wrappers cannot hide it.
struct Capabilities {
    std::string address;  // "/data/in", "s3://bucket/prefix": for messages and records
    Order order = Order::bytes;
    bool conditional_read = true;  // Read::version is honoured
    bool create_only = true;
    // create_only looks, then writes: it holds while nobody else writes there, as the user says of this
    // place.
    bool creates_by_looking = false;
    bool replace_if = false;            // Condition::replace with a version
    bool full_object_checksum = false;  // finish() checks the whole object's CRC-32
    bool ranged_copy = false;           // Upload::copy
    bool lists_pieces = false;          // Upload::received is the store's own knowledge
    bool durable_pieces = false;        // put_many returns only when pieces are durable; else Upload::flush
    bool keeps_modes = false;           // mode, uid, gid, mtime, symlinks, empty folders
    bool keeps_metadata = false;        // content_type, metadata
    bool any_names = false;     // names are any bytes: elements may be empty, `.` or `..`, and lead nowhere
    bool random_pieces = true;  // pieces may come in any order, again under the same number
    std::uint64_t min_piece = 0, max_piece = 0, max_pieces = 0, max_name = 0;  // 0: no limit
    std::optional<std::uint64_t> free_bytes;                                   // as of this call
    // As of this call, boot time: when the endpoint last answered well or moved a byte of a body; zero: not
    // yet. None: there is no endpoint that could be down.
    std::optional<std::chrono::nanoseconds> last_sign_of_life;
};

// Whether create-only writes are to be had, by the store itself or by the user's word.
[[nodiscard]] inline bool can_create(const Capabilities& can) {
    return can.create_only || can.creates_by_looking;
}

struct ListRequest {
    std::string prefix = {};  // list only beneath this folder; empty: all. Names stay relative to the root
    std::string after = {};   // a Page::cursor of an earlier listing of the same prefix: goes on behind it
};
struct Page {
    std::vector<Object> objects;  // at most some thousands
    std::string cursor;           // valid across processes
    bool last = false;
};
// A listing under way: the folder that `prefix` names comes first as a folder object ("." for the root), then
// everything beneath, recursively. Memory is bounded however many entries a folder has.
class Listing {
  public:
    virtual ~Listing() = default;
    [[nodiscard]] virtual Result<Page> next(const std::stop_token& stop) = 0;
};

struct StatRequest {
    std::string name;
    bool want_clock = false;  // also fill Stat::store_clock_ns
    // What is only a folder need not be found: spares services, which know no folders, a second look.
    bool only_objects = false;
};
struct Stat {
    Object object;
    // The store's own clock when it answered, comparable with attributes.mtime_ns (service: Date header;
    // folder: mtime of a file just made).
    std::optional<std::int64_t> store_clock_ns;
};

// One range of one object, into the caller's memory.
struct Read {
    std::string_view name;
    Version version = {};  // condition; empty: any
    std::uint64_t offset = 0;
    std::span<std::byte> into;  // exactly this many bytes are read
    bool want_attributes = false;
    // Filled by the call:
    Status result = {};
    Version seen = {};  // strong version of what was read
    Attributes attributes = {};
};

struct Condition {
    enum class Kind : std::uint8_t { none, create_only, replace } kind = Kind::none;
    Version version = {};  // for replace
};

// A whole object, written at once.
struct Write {
    std::string name;
    Kind kind = Kind::file;  // file, folder (made if missing, attributes set), symlink (bytes are the target)
    std::span<const std::byte> bytes = {};
    Attributes attributes = {};
    Condition condition = {};
    bool is_record = false;  // of ours, and read again: services keep it in their default class
    // Filled by the call. Code::exists / Code::changed where the condition fails.
    Status result = {};
    Version written = {};
};
struct WriteOptions {
    // Where a local store may put temporaries: names `scratch`0, `scratch`1, … beneath the root; missing
    // folders of it are made. Empty: hidden names beside the object. Services ignore it.
    std::string scratch = {};
};

struct Piece {
    std::uint32_t number = 0;  // from 1
    std::uint64_t offset = 0;  // of its first byte in the object
    std::span<const std::byte> bytes = {};
    std::uint32_t crc32 = 0;  // of these bytes; checked by services
    Status result = {};
};
struct Received {
    std::uint32_t number = 0;
    std::uint64_t size = 0;
    std::optional<std::uint32_t> crc32;
};

struct UploadRequest {
    std::string name;
    std::uint64_t size = 0;  // of the whole object, known beforehand
    Attributes attributes = {};
    Condition condition = {};       // checked at finish
    std::string scratch = {};       // local: the temporary's name beneath the root; empty: hidden beside it
    bool sparse = false;            // local: runs of zeros become holes
    std::optional<std::string> id;  // resume this upload; Code::not_found where it is gone
};

// An object that is being written in pieces. Invisible until finish(). The destructor leaves it resumable.
class Upload {
  public:
    virtual ~Upload() = default;
    // What resumes it, also from another process.
    [[nodiscard]] virtual const std::string& id() const = 0;
    // With capabilities().durable_pieces it may be called from several threads at once, each with pieces of
    // its own numbers, also beside flush(). Once it returned, no piece of it changes the upload any more: the
    // same number may be put again.
    virtual void put_many(std::span<Piece> pieces, const std::stop_token& stop) = 0;
    // The service copies a range of one of its own objects. Only with capabilities().ranged_copy.
    [[nodiscard]] virtual Status copy(std::uint32_t number, std::string_view source_address,
                                      std::uint64_t offset, std::uint64_t size, const Version& version) = 0;
    // What was put before this call is durable after it.
    [[nodiscard]] virtual Status flush() = 0;
    [[nodiscard]] virtual Result<std::vector<Received>> received() = 0;
    struct Finish {
        std::uint64_t size = 0;  // final size, may differ from the request's
        std::optional<std::uint32_t> crc32;
        std::uint32_t pieces = 0;  // pieces 1..this make the object
    };
    // Durable and visible under its name, whole, or not at all. Afterwards the upload is over when it
    // succeeded.
    [[nodiscard]] virtual Result<Object> finish(const Finish& finish) = 0;
    // Everything of it is gone afterwards; absent is fine.
    [[nodiscard]] virtual Status abort() = 0;
};

struct Remove {
    std::string name;
    Version version = {};  // condition; empty: any
    bool folder = false;   // an empty folder; Code::exists where it is not empty
    Status result = {};    // absent is fine
};

struct PendingUpload {
    std::string name, id;
};

class Store {
  public:
    virtual ~Store() = default;
    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<Listing>> list(const ListRequest& request) = 0;
    [[nodiscard]] virtual Result<Stat> stat(const StatRequest& request) = 0;
    virtual void read_many(std::span<Read> reads, const std::stop_token& stop) = 0;
    virtual void write_many(std::span<Write> writes, const WriteOptions& options,
                            const std::stop_token& stop) = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<Upload>> open_upload(const UploadRequest& request) = 0;
    // Uploads under way whose object is `name`. Local: temporaries are the caller's (scratch), so none.
    [[nodiscard]] virtual Result<std::vector<PendingUpload>> uploads_of(const std::string& name) = 0;
    virtual void remove_many(std::span<Remove> removes, const std::stop_token& stop) = 0;
};

// Code::usage where `name` is not a name as described above.
[[nodiscard]] Status check_name(std::string_view name, std::string_view operation);

// Conveniences over the batch calls, for one object. Objects longer than `limit` bytes: Code::corrupt.
[[nodiscard]] Result<std::string> read_object(Store& store, const std::string& name, std::uint64_t limit,
                                              const std::stop_token& stop = {});
[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
// The first `size` bytes of an object, in stretches of at most `at_once` bytes, in order. All come from one
// version: Code::changed where it is replaced meanwhile. The bytes are valid during the call only.
using Sink = std::function<Status(std::span<const std::byte>)>;
[[nodiscard]] Status read_through(Store& store, const std::string& name, std::uint64_t size,
                                  std::uint64_t at_once, const Sink& sink, const std::stop_token& stop = {});
// The files of a folder, then the folder itself; nothing there is no error. Folders in it stay, and with them
// the folder: Code::exists.
[[nodiscard]] Status remove_folder(Store& store, const std::string& folder, const std::stop_token& stop = {});
// create_object and replace_object are for records of ours (Write::is_record).
[[nodiscard]] Status create_object(Store& store, const std::string& name, std::string_view bytes,
                                   const std::string& scratch = {});
[[nodiscard]] Status replace_object(Store& store, const std::string& name, std::string_view bytes,
                                    const std::string& scratch = {});
[[nodiscard]] Status remove_object(Store& store, const std::string& name);
// nullopt where it does not exist.
[[nodiscard]] Result<std::optional<Object>> find_object(Store& store, const std::string& name);
// The same where only a file is of interest: one request at services (StatRequest::only_objects).
[[nodiscard]] Result<std::optional<Object>> find_file(Store& store, const std::string& name);
// Whether a folder is there: as an object, or, at services, because something lies beneath it.
[[nodiscard]] Result<bool> is_folder_there(Store& store, const std::string& folder,
                                           const std::stop_token& stop = {});
// Whether the store answers now, whatever lies in it.
[[nodiscard]] Status check_answers(Store& store);
// All objects beneath a folder, the folder itself not included; empty where the folder does not exist. For
// small folders
// (.haul/): holds them all.
[[nodiscard]] Result<std::vector<Object>> list_folder(Store& store, const std::string& folder,
                                                      const std::stop_token& stop = {});

}  // namespace haul::store
