// Odd places: deep, unreadable, symlinked, sparse, full, on several file systems.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "store/local/store_fixture.h"

namespace haul::store::local {
namespace {

class LocalEdges : public LocalStoreTest {
  protected:
    Status write(Write write, const WriteOptions& options = {}) {
        store_->write_many(std::span(&write, 1), options, {});
        return write.result;
    }
    // In a process of its own without root's rights, which no mode bit would stop. Zero where `holds` held.
    void unprivileged(const std::function<bool()>& holds) {
        fs::permissions(folder_, fs::perms::all);
        const ::pid_t child = ::fork();
        if (child == 0) {
            const bool dropped = ::geteuid() != 0 || (::setresgid(65534, 65534, 65534) == 0 &&
                                                      ::setresuid(65534, 65534, 65534) == 0);
            ::_exit(dropped && holds() ? 0 : 1);
        }
        int status = -1;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
};

TEST_F(LocalEdges, NamesOfMoreElementsThanTheStackHoldsFrames) {
    std::string name;
    for (int level = 0; level < 16'000; ++level) name += "a/";
    name += "file";
    const Status done = write(file(name, "deep down"));
    ASSERT_TRUE(done.has_value()) << done.error().message();
    EXPECT_EQ(store_->stat({.name = name})->object.size, 9U);
    // What else is there is refused, wherever on the way it lies.
    put("file", "no folder");
    EXPECT_EQ(write(file("file/" + name, "")).error().code, Code::exists);
}

TEST_F(LocalEdges, TreesDeeperThanAPathCanName) {
    std::string name;
    for (int level = 0; level < 300; ++level)
        name += "level-" + std::string(20, 'x') + std::to_string(level) + "/";
    name += "file";
    ASSERT_GT(name.size(), 8000U);
    const std::string text = "deep down";
    const Status done = write(file(name, text));
    ASSERT_TRUE(done.has_value()) << done.error().message();
    const auto objects = list();
    ASSERT_EQ(objects.size(), 302U);
    EXPECT_EQ(objects.back().name, name);
    std::string got(text.size(), ' ');
    ASSERT_TRUE(read(name, got, objects.back().version).has_value());
    EXPECT_EQ(got, text);
    // Behind the file that comes last, and behind a folder half-way down.
    EXPECT_TRUE(list({}, name).empty());
    EXPECT_EQ(list({}, objects[150].name + "/").size(), 151U);
    EXPECT_EQ(list(objects[200].name).size(), 102U);
    EXPECT_EQ(store_->stat({.name = name})->object.size, text.size());
}

TEST_F(LocalEdges, TheWalkComesBackUpThroughFoldersItHadToClose) {
    std::string path;
    for (int level = 0; level < 200; ++level) {
        put(path + "a", "");
        put(path + "z", "");
        path += "m/";
    }
    put(path + "end", "");
    const auto all = names();
    EXPECT_EQ(all.size(), 1U + 200U * 3U + 1U);
    EXPECT_EQ(all.back(), "z");
    EXPECT_EQ(all[1], "a");
}

TEST_F(LocalEdges, WhatIsNoFileIsListedAndNotRead) {
    ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0644), 0);
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder_ / "socket";
    ASSERT_LT(path.size(), sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    const file::Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const ::sockaddr*>(&address), sizeof address), 0);
    fs::create_directory(folder_ / "folder");
    fs::create_symlink("../far/away", folder_ / "link");
    std::map<std::string, Kind> kinds;
    for (const Object& object : list()) kinds[object.name] = object.kind;
    EXPECT_EQ(kinds, (std::map<std::string, Kind>{{".", Kind::folder},
                                                  {"fifo", Kind::other},
                                                  {"folder", Kind::folder},
                                                  {"link", Kind::symlink},
                                                  {"socket", Kind::other}}));
    std::string byte = " ";
    for (const char* name : {"fifo", "socket", "folder", "link"}) {
        EXPECT_EQ(read(name, byte).error().code, Code::unsupported) << name;
        EXPECT_EQ(read(name, byte, Version{"s1-m1"}).error().code, Code::changed) << name;
    }
    EXPECT_EQ(store_->stat({.name = "link"})->object.target, "../far/away");
}

TEST_F(LocalEdges, SymlinksLeadNobodyOut) {
    put("outside/f", "secret");
    fs::create_directory(folder_ / "root");
    fs::create_directory_symlink("../outside", folder_ / "root/way");
    fs::create_symlink("../outside/f", folder_ / "root/f");
    auto opened = LocalStore::open((folder_ / "root").string(), {});
    ASSERT_TRUE(opened.has_value());
    store_ = std::move(*opened);
    std::string text(6, ' ');
    EXPECT_EQ(read("way/f", text).error().code, Code::denied);
    EXPECT_EQ(text, "      ");
    const std::string evil = "evil";
    EXPECT_EQ(write(file("way/new", evil)).error().code, Code::denied);
    EXPECT_EQ(write(file("way/deeper/new", evil)).error().code, Code::denied);
    EXPECT_EQ(write(file("new", evil), {.scratch = "way/tmp-"}).error().code, Code::denied);
    EXPECT_EQ(store_->open_upload({.name = "way/new", .size = 1, .id = {}}).error().code, Code::denied);
    EXPECT_EQ(remove_object(*store_, "way/f").error().code, Code::denied);
    // The link itself is replaced, not what it points to.
    EXPECT_TRUE(write(file("f", evil)).has_value());
    EXPECT_EQ(get("outside/f"), "secret");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "outside"), {}), 1);
}

TEST_F(LocalEdges, FollowingListsWhatIsPointedTo) {
    put("real/f", "12345");
    fs::create_directory_symlink("real", folder_ / "dir");
    fs::create_symlink("real/f", folder_ / "file");
    fs::create_symlink("nowhere", folder_ / "dangling");
    fs::create_symlink("loop", folder_ / "loop");
    fs::create_directory_symlink("..", folder_ / "real/up");
    open({.follow_symlinks = true});
    EXPECT_EQ(names(), (Names{".", "dangling!", "dir", "dir/f", "dir/up!", "file", "loop!", "real", "real/f",
                              "real/up!"}));
    for (const Object& object : list()) {
        EXPECT_EQ(object.kind == Kind::unreadable, object.problem != nullptr);
        if (object.name == "file") {
            EXPECT_EQ(object.size, 5U);
        }
    }
    std::string text(5, ' ');
    EXPECT_TRUE(read("dir/f", text).has_value());
    EXPECT_EQ(text, "12345");
    EXPECT_TRUE(read("file", text).has_value());
}

TEST_F(LocalEdges, UnreadableThingsAreToldAndPassedOver) {
    put("a/f", "1");
    put("closed/f", "2");
    put("secret", "3");
    put("z", "4");
    fs::permissions(folder_ / "closed", fs::perms::none);
    fs::permissions(folder_ / "secret", fs::perms::none);
    unprivileged([&] {
        const Names expected = {".", "a", "a/f", "closed", "closed!", "secret", "z"};
        bool good = names() == expected;
        for (const Object& object : list()) {
            if (object.problem) good = good && object.problem->code == Code::denied;
        }
        // A listing that goes on tells nothing twice.
        good = good && names({}, "closed/") == Names{"closed!", "secret", "z"};
        good = good && names({}, "closed//") == Names{"secret", "z"};
        std::string byte = " ";
        good = good && read("secret", byte).error().code == Code::denied;
        good = good && read("z", byte).has_value();
        return good;
    });
    fs::permissions(folder_ / "closed", fs::perms::owner_all);
    EXPECT_EQ(names({}, "closed//"), (Names{"closed/f", "secret", "z"}));
}

TEST_F(LocalEdges, AFolderThatMayNotBeWrittenSaysSo) {
    fs::create_directory(folder_ / "fixed");
    fs::permissions(folder_ / "fixed", fs::perms::owner_read | fs::perms::owner_exec |
                                           fs::perms::others_read | fs::perms::others_exec);
    unprivileged([&] {
        const std::string text = "x";
        const Status done = write(file("fixed/f", text));
        return !done.has_value() && done.error().code == Code::denied &&
               done.error().subject.ends_with("fixed/f");
    });
}

TEST_F(LocalEdges, AStrongVersionSeesWhatKeepsSizeAndTime) {
    put("f", "12345");
    std::string text(5, ' ');
    ASSERT_TRUE(read("f", text).has_value());
    const Version strong = seen_;
    const Version weak = store_->stat({.name = "f"})->object.version;
    const auto time = fs::last_write_time(folder_ / "f");
    put("f", "54321");
    fs::last_write_time(folder_ / "f", time);
    EXPECT_EQ(store_->stat({.name = "f"})->object.version, weak);
    EXPECT_TRUE(read("f", text, weak).has_value());
    EXPECT_EQ(read("f", text, strong).error().code, Code::changed);
}

TEST_F(LocalEdges, WhatAFolderCannotHoldFailsAlone) {
    put("file", "old");
    put("folder/f", "old");
    const std::string text = "new";
    std::vector<Write> writes;
    const std::vector<std::pair<std::string, Code>> bad = {{"file/below", Code::exists},
                                                           {"folder", Code::exists},
                                                           {std::string(256, 'n'), Code::unsupported},
                                                           {std::string(256, 'n') + "/f", Code::unsupported}};
    for (const auto& [name, code] : bad) writes.push_back(file(name, text));
    for (int at = 0; at < 20; ++at) writes.push_back(file("good/" + std::to_string(at), text));
    store_->write_many(writes, {.scratch = "work/t"}, {});
    for (std::size_t at = 0; at < writes.size(); ++at) {
        if (at < bad.size()) {
            ASSERT_FALSE(writes[at].result.has_value()) << bad[at].first;
            EXPECT_EQ(writes[at].result.error().code, bad[at].second) << writes[at].result.error().message();
        } else {
            EXPECT_TRUE(writes[at].result.has_value());
        }
    }
    EXPECT_EQ(get("file"), "old");
    EXPECT_EQ(get("folder/f"), "old");
    EXPECT_TRUE(fs::is_empty(folder_ / "work"));
    EXPECT_EQ(hidden(), Names{});
}

TEST_F(LocalEdges, LeftTemporariesAreTakenOver) {
    put("work/t0", "left by a dead process");
    const std::string text = "new";
    EXPECT_TRUE(write(file("f", text), {.scratch = "work/t"}).has_value());
    EXPECT_EQ(get("f"), "new");
    put("work/up", "left");
    UploadRequest request{.name = "g", .size = 3, .scratch = "work/up", .id = {}};
    auto upload = store_->open_upload(request);
    ASSERT_TRUE(upload.has_value());
    EXPECT_EQ(get("work/up"), std::string(3, '\0'));
    EXPECT_TRUE((*upload)->abort().has_value());
    EXPECT_TRUE(fs::is_empty(folder_ / "work"));
}

TEST_F(LocalEdges, FoldersGetTheirModesAfterWhatIsInThem) {
    std::vector<Write> writes(3);
    writes[0].name = "closed";
    writes[0].kind = Kind::folder;
    writes[0].attributes.mode = 0555;
    writes[0].attributes.mtime_ns = 1'000'000'000;
    writes[1].name = "closed/inner";
    writes[1].kind = Kind::folder;
    writes[1].attributes.mode = 0500;
    writes[2].name = "closed/inner/f";
    unprivileged([&] {
        store_->write_many(writes, {}, {});
        for (const Write& write : writes) {
            if (!write.result.has_value()) return false;
        }
        const Attributes closed = store_->stat({.name = "closed"})->object.attributes;
        const Attributes inner = store_->stat({.name = "closed/inner"})->object.attributes;
        const bool good = closed.mode == 0555U && closed.mtime_ns == 1'000'000'000 && inner.mode == 0500U;
        fs::permissions(folder_ / "closed", fs::perms::owner_all);
        fs::permissions(folder_ / "closed/inner", fs::perms::owner_all);
        return good;
    });
}

TEST_F(LocalEdges, FoldersThatMayNotBeReadTakeEntriesAndAttributes) {
    unprivileged([&] {
        fs::create_directory(folder_ / "drop");
        fs::permissions(folder_ / "drop", fs::perms(0311));
        std::vector<Write> writes(2);
        writes[0].name = "drop";
        writes[0].kind = Kind::folder;
        writes[0].attributes.mode = 0331;
        writes[0].attributes.mtime_ns = 1'000'000'000;
        writes[1].name = "drop/inner/f";
        store_->write_many(writes, {}, {});
        auto upload = store_->open_upload({.name = "drop/g", .size = 0, .id = {}});
        const bool sent =
            upload.has_value() && (*upload)->finish({.size = 0, .crc32 = {}, .pieces = 0}).has_value();
        std::vector<Remove> removes(1);
        removes[0].name = "drop/inner/f";
        store_->remove_many(removes, {});
        const Attributes drop = store_->stat({.name = "drop"})->object.attributes;
        const bool good = sent && writes[0].result.has_value() && writes[1].result.has_value() &&
                          removes[0].result.has_value() && drop.mode == 0331U;
        fs::permissions(folder_ / "drop", fs::perms::owner_all);
        return good && fs::exists(folder_ / "drop/g");
    });
}

TEST_F(LocalEdges, SparseUploadsHaveHolesAndTheRightBytes) {
    constexpr std::size_t kSize = 4U << 20U;
    std::string text(kSize, '\0');
    text[1'000'000] = 'x';
    text[kSize - 1] = 'y';
    UploadRequest request{.name = "sparse", .size = kSize, .sparse = true, .id = {}};
    auto upload = store_->open_upload(request);
    ASSERT_TRUE(upload.has_value());
    const std::string other(kSize, 'o');
    for (const std::string* bytes : std::vector<const std::string*>{&other, &text}) {
        // Pieces that do not lie on blocks, the second time over bytes that were there.
        std::vector<Piece> pieces;
        for (std::size_t at = 0; at < kSize; at += 1'000'001) {
            const auto piece =
                std::as_bytes(std::span(*bytes).subspan(at, std::min<std::size_t>(1'000'001, kSize - at)));
            pieces.push_back(
                {.number = static_cast<std::uint32_t>(pieces.size() + 1), .offset = at, .bytes = piece});
        }
        (*upload)->put_many(pieces, {});
        for (const Piece& piece : pieces) ASSERT_TRUE(piece.result.has_value());
    }
    ASSERT_TRUE((*upload)->finish({.size = kSize, .crc32 = {}, .pieces = 5}).has_value());
    EXPECT_EQ(get("sparse"), text);
    struct ::stat status{};
    ASSERT_EQ(::stat((folder_ / "sparse").c_str(), &status), 0);
    EXPECT_LT(status.st_blocks * 512, 1 << 20);
}

TEST_F(LocalEdges, NoRoomIsSaidBeforeTheFirstByte) {
    const auto free = store_->capabilities().free_bytes;
    ASSERT_TRUE(free.has_value());
    UploadRequest request{.name = "big", .size = *free + (1ULL << 32U), .id = {}};
    const auto upload = store_->open_upload(request);
    ASSERT_FALSE(upload.has_value());
    EXPECT_EQ(upload.error().code, Code::no_space) << upload.error().message();
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(LocalEdges, TemporariesLieOnTheFileSystemOfTheirObject) {
    // The root spans two file systems: the temporaries' place on the disk, the objects in memory.
    std::string pattern = "/dev/shm/haul-edges-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    auto opened = LocalStore::open("/", {});
    ASSERT_TRUE(opened.has_value());
    store_ = std::move(*opened);
    const std::string scratch = (folder_ / "c1-u2-").string().substr(1), text = "text";
    std::vector<Write> writes;
    for (int at = 0; at < 12; ++at)
        writes.push_back(file(pattern.substr(1) + "/f" + std::to_string(at), text));
    store_->write_many(writes, {.scratch = scratch}, {});
    for (const Write& write : writes) EXPECT_TRUE(write.result.has_value()) << write.result.error().message();
    UploadRequest request{.name = pattern.substr(1) + "/up", .size = 4, .scratch = scratch + "9", .id = {}};
    auto upload = store_->open_upload(request);
    ASSERT_TRUE(upload.has_value());
    EXPECT_EQ((*upload)->id(), pattern.substr(1) + "/.haul-c1-u2-9");
    Piece piece{.number = 1, .bytes = std::as_bytes(std::span(text))};
    (*upload)->put_many(std::span(&piece, 1), {});
    EXPECT_TRUE((*upload)->finish({.size = 4, .crc32 = {}, .pieces = 1}).has_value());
    EXPECT_EQ(std::distance(fs::directory_iterator(pattern), {}), 13);
    EXPECT_TRUE(fs::is_empty(folder_));
    fs::remove_all(pattern);
}

TEST_F(LocalEdges, AMissingRootIsMadeOnRequest) {
    const std::string path = (folder_ / "new/deep/root").string();
    EXPECT_EQ(LocalStore::open(path, {}).error().code, Code::not_found);
    EXPECT_TRUE(LocalStore::open(path, {.create = true}).has_value());
    EXPECT_TRUE(LocalStore::open(path, {.create = true}).has_value());
    EXPECT_EQ(LocalStore::open("relative", {}).error().code, Code::usage);
    put("plain", "x");
    EXPECT_FALSE(LocalStore::open((folder_ / "plain").string(), {.create = true}).has_value());
}

}  // namespace
}  // namespace haul::store::local
