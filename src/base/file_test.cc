#include "base/file.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/test_folder.h"

namespace haul::file {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::vector<std::string> names_in(const std::string& path) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path))
        names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
}

void put(const std::string& path, std::string_view text) {
    const auto fd = open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC);
    ASSERT_TRUE(fd);
    ASSERT_TRUE(append_all(fd->get(), bytes_of(text), path));
}

std::string content(const std::string& path) {
    return read_whole(path, 1U << 20U).value_or("(" + path + " cannot be read)");
}

template <class T>
Code code_of(const Result<T>& result) {
    return result ? Code::internal : result.error().code;
}

TEST(Fd, BelongsToOne) {
    const test::Folder folder;
    Fd first = open_folder(folder.path()).value();
    const int number = first.get();
    Fd second = std::move(first);
    EXPECT_FALSE(first.valid());  // NOLINT: moved-from is specified
    EXPECT_EQ(second.get(), number);
    second = Fd();
    EXPECT_EQ(::fcntl(number, F_GETFD), -1);
    Fd third = open_folder(folder.path()).value();
    EXPECT_NE(::fcntl(third.get(), F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_TRUE(third.close("x"));
    EXPECT_TRUE(third.close("x"));
    EXPECT_FALSE(third.valid());
    Fd never(1'000'000);
    EXPECT_EQ(never.close("the subject").error().message(), "close the subject: Bad file descriptor");
}

TEST(File, OpenErrorsNameThePath) {
    const test::Folder folder;
    put(folder.path("file"), "x");
    EXPECT_EQ(code_of(open_folder(folder.path("absent"))), Code::not_found);
    EXPECT_FALSE(open_folder(folder.path("file")));
    EXPECT_EQ(code_of(open_at(folder.fd(), "file", O_WRONLY | O_CREAT | O_EXCL)), Code::exists);
    EXPECT_EQ(open_at(folder.fd(), "absent", O_RDONLY).error().message(),
              "open absent: No such file or directory");
}

TEST(File, OpenBeneathRefusesWhatLeadsOutside) {
    const test::Folder folder;
    ASSERT_TRUE(make_folders(folder.fd(), "a/b"));
    put(folder.path("a/b/file"), "x");
    std::filesystem::create_symlink("file", folder.path("a/b/link"));
    std::filesystem::create_symlink("a", folder.path("folderlink"));
    std::filesystem::create_symlink("/etc", folder.path("outside"));
    struct Row {
        std::string path;
        bool opens;
        Code code;
    };
    const Row rows[] = {
        {"a/b/file", true, {}},
        {"./a//b/./file", true, {}},
        {"a/b/..file", false, Code::not_found},
        {"a/b/absent", false, Code::not_found},
        {"", false, Code::not_found},
        {folder.path("a/b/file"), false, Code::denied},
        {"/etc/hostname", false, Code::denied},
        {"..", false, Code::denied},
        {"../x", false, Code::denied},
        {"a/../a/b/file", false, Code::denied},
        {"a/b/..", false, Code::denied},
        {"a/b/link", false, Code::denied},
        {"folderlink/b/file", false, Code::denied},
        {"outside/hostname", false, Code::denied},
        {"outside", false, Code::denied},
    };
    for (const Row& row : rows) {
        const auto fd = open_beneath(folder.fd(), row.path, O_RDONLY);
        ASSERT_EQ(fd.has_value(), row.opens) << row.path;
        if (!fd) {
            EXPECT_EQ(fd.error().code, row.code) << row.path;
        }
    }
    const auto made = open_beneath(folder.fd(), "a/new", O_WRONLY | O_CREAT | O_EXCL, 0600);
    ASSERT_TRUE(made);
    EXPECT_EQ(stat_of(*made, "new").value().st_mode & 0777U, 0600U);
    EXPECT_EQ(code_of(open_beneath(folder.fd(), "outside/haul-test-new", O_WRONLY | O_CREAT)), Code::denied);
}

TEST(File, StatAtFollowsOnlyWhenAsked) {
    const test::Folder folder;
    put(folder.path("file"), "12345");
    std::filesystem::create_symlink("file", folder.path("link"));
    EXPECT_TRUE(S_ISLNK(stat_at(folder.fd(), "link", false).value().st_mode));
    EXPECT_EQ(stat_at(folder.fd(), "link", true).value().st_size, 5);
    EXPECT_EQ(code_of(stat_at(folder.fd(), "absent", true)), Code::not_found);
}

TEST(File, ReadsAndWritesExactly) {
    const test::Folder folder;
    const Fd fd = open_at(folder.fd(), "file", O_RDWR | O_CREAT).value();
    ASSERT_TRUE(write_all(fd.get(), bytes_of("world"), 6, "file"));
    ASSERT_TRUE(write_all(fd.get(), bytes_of("hello "), 0, "file"));
    std::string text(11, '?');
    ASSERT_TRUE(read_exact(fd.get(), std::as_writable_bytes(std::span(text)), 0, "file"));
    EXPECT_EQ(text, "hello world");
    EXPECT_EQ(code_of(read_exact(fd.get(), std::as_writable_bytes(std::span(text)), 1, "file")),
              Code::changed);
    EXPECT_TRUE(read_exact(fd.get(), {}, 100, "file"));
    ASSERT_TRUE(set_length(fd.get(), 5, "file"));
    EXPECT_EQ(content(folder.path("file")), "hello");
    const Fd closed_for_writing = open_at(folder.fd(), "file", O_RDONLY).value();
    EXPECT_FALSE(write_all(closed_for_writing.get(), bytes_of("x"), 0, "file"));
}

TEST(File, AppendsAllThroughAPipeThatFills) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const Fd out(ends[0]);
    Fd in(ends[1]);
    const std::string text(300'000, 'p');
    std::string got;
    std::jthread reader([&] {
        char buffer[4096];
        for (::ssize_t n = 0; (n = ::read(out.get(), buffer, sizeof buffer)) > 0;)
            got.append(buffer, static_cast<std::size_t>(n));
    });
    EXPECT_TRUE(append_all(in.get(), bytes_of(text), "pipe"));
    in = Fd();
    reader.join();
    EXPECT_TRUE(got == text);
}

TEST(File, ReadWholeUpToItsLimit) {
    const test::Folder folder;
    for (const std::size_t size : {0U, 1U, 4096U, 70'000U}) {
        const std::string text(size, 'w');
        put(folder.path("file"), text);
        EXPECT_EQ(read_whole(folder.path("file"), size).value(), text);
        EXPECT_EQ(read_whole(folder.path("file"), 1U << 20U).value(), text);
        if (size > 0) {
            EXPECT_EQ(code_of(read_whole(folder.path("file"), size - 1)), Code::corrupt);
        }
    }
    // Files of /proc say that they are empty.
    EXPECT_GT(read_whole("/proc/self/status", 1U << 20U).value().size(), 100U);
    EXPECT_EQ(code_of(read_whole("/proc/self/status", 10)), Code::corrupt);
    EXPECT_EQ(code_of(read_whole("/dev/zero", 1000)), Code::corrupt);
    EXPECT_EQ(code_of(read_whole(folder.path("absent"), 10)), Code::not_found);
    EXPECT_FALSE(read_whole(folder.path(), 10));
}

TEST(File, Syncs) {
    const test::Folder folder;
    const Fd fd = open_at(folder.fd(), "file", O_RDWR | O_CREAT).value();
    EXPECT_TRUE(sync_file(fd.get(), "file"));
    EXPECT_TRUE(sync_data(fd.get(), "file"));
    EXPECT_TRUE(sync_file_system(fd.get(), "file"));
    EXPECT_TRUE(sync_folder(folder.fd(), "."));
    EXPECT_TRUE(sync_folder(AT_FDCWD, folder.path()));
    EXPECT_EQ(code_of(sync_folder(folder.fd(), "absent")), Code::not_found);
    EXPECT_EQ(code_of(sync_folder(folder.fd(), "..")), Code::denied);
    EXPECT_FALSE(sync_file(-1, "gone"));
    EXPECT_FALSE(sync_data(-1, "gone"));
    EXPECT_FALSE(sync_file_system(-1, "gone"));
}

TEST(File, PreallocateReservesOrSaysNoSpace) {
    const test::Folder folder("/dev/shm");
    const Fd fd = open_at(folder.fd(), "file", O_RDWR | O_CREAT).value();
    EXPECT_TRUE(preallocate(fd.get(), 0, "file"));
    ASSERT_TRUE(preallocate(fd.get(), 100'000, "file"));
    const auto info = stat_of(fd, "file").value();
    EXPECT_EQ(info.st_size, 100'000);
    EXPECT_GE(info.st_blocks * 512, 100'000);
    struct ::statvfs shm{};
    ASSERT_EQ(::fstatvfs(fd.get(), &shm), 0);
    const auto full = preallocate(fd.get(), (shm.f_blocks + 1) * shm.f_frsize, "big part");
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, Code::no_space);
    EXPECT_EQ(full.error().subject, "big part");
    EXPECT_GT(free_bytes(fd.get()).value(), 0U);
    EXPECT_FALSE(free_bytes(-1));
}

TEST(File, RenameKeepsWhatIsThereWhenCreateOnly) {
    const test::Folder folder;
    put(folder.path("new"), "new");
    put(folder.path("old"), "old");
    EXPECT_EQ(code_of(rename_at(folder.fd(), "new", folder.fd(), "old", true)), Code::exists);
    EXPECT_EQ(content(folder.path("old")), "old");
    EXPECT_EQ(content(folder.path("new")), "new");
    ASSERT_TRUE(rename_at(folder.fd(), "new", folder.fd(), "fresh", true));
    ASSERT_TRUE(rename_at(folder.fd(), "fresh", folder.fd(), "old", false));
    EXPECT_EQ(content(folder.path("old")), "new");
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"old"});
    EXPECT_EQ(code_of(rename_at(folder.fd(), "absent", folder.fd(), "x", true)), Code::not_found);
    EXPECT_EQ(code_of(unlink_at(folder.fd(), "absent")), Code::not_found);
    EXPECT_TRUE(unlink_at(folder.fd(), "old"));
    ASSERT_TRUE(make_folders(folder.fd(), "a/b"));
    EXPECT_EQ(code_of(remove_folder_at(folder.fd(), "a")), Code::exists);
    EXPECT_TRUE(remove_folder_at(folder.fd(), "a/b"));
}

TEST(File, MakeFolders) {
    const test::Folder folder;
    for (const char* path : {"a", "a/b/c", "a/b/c", "x//y/./z/", "."})
        EXPECT_TRUE(make_folders(folder.fd(), path)) << path;
    EXPECT_TRUE(std::filesystem::is_directory(folder.path("a/b/c")));
    EXPECT_TRUE(std::filesystem::is_directory(folder.path("x/y/z")));
    ASSERT_TRUE(make_folders(folder.fd(), "private/inner", 0700));
    EXPECT_EQ(stat_at(folder.fd(), "private", false).value().st_mode & 0777U, 0700U);
    EXPECT_TRUE(make_folders(AT_FDCWD, folder.path("abs/olute")));
    EXPECT_TRUE(std::filesystem::is_directory(folder.path("abs/olute")));

    put(folder.path("file"), "x");
    std::filesystem::create_symlink("a", folder.path("link"));
    struct Row {
        const char* path;
        Code code;
    };
    for (const Row& row :
         {Row{"file", Code::exists}, Row{"file/x", Code::exists}, Row{"link/x", Code::denied},
          Row{"../x", Code::denied}, Row{"/tmp/haul-test-absolute", Code::denied}}) {
        const auto made = make_folders(folder.fd(), row.path);
        ASSERT_FALSE(made) << row.path;
        EXPECT_EQ(made.error().code, row.code) << row.path << made.error().message();
    }
}

// A thread with a quarter of a MiB, as some systems give them.
void on_small_stack(std::function<void()> work) {
    ::pthread_attr_t how{};
    ASSERT_EQ(::pthread_attr_init(&how), 0);
    ASSERT_EQ(::pthread_attr_setstacksize(&how, 256U << 10U), 0);
    ::pthread_t thread{};
    const auto run = [](void* given) -> void* {
        (*static_cast<std::function<void()>*>(given))();
        return nullptr;
    };
    ASSERT_EQ(::pthread_create(&thread, &how, run, &work), 0);
    ::pthread_join(thread, nullptr);
    ::pthread_attr_destroy(&how);
}

TEST(File, MakeFoldersVeryDeep) {
    const test::Folder folder("/dev/shm");  // in memory: the many syncs would take seconds
    std::string path = "d";
    for (int i = 1; i < 2000; ++i) path += "/d";
    on_small_stack([&] { EXPECT_TRUE(make_folders(folder.fd(), path)); });
    EXPECT_TRUE(open_beneath(folder.fd(), path, O_RDONLY | O_DIRECTORY));
}

TEST(File, ManyMakeTheSameFolders) {
    const test::Folder folder("/dev/shm");  // in memory: the many syncs would take seconds
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&folder] {
            for (int n = 0; n < 30; ++n)
                EXPECT_TRUE(make_folders(folder.fd(), "r" + std::to_string(n) + "/a/b"));
        });
    }
}

TEST(File, RemoveTreeFollowsNoSymlink) {
    const test::Folder folder;
    const test::Folder other;
    put(other.path("precious"), "kept");
    ASSERT_TRUE(make_folders(folder.fd(), "tree/a/b"));
    put(folder.path("tree/a/file"), "x");
    std::filesystem::create_symlink(other.path(), folder.path("tree/a/outside"));
    std::filesystem::create_symlink(other.path("precious"), folder.path("tree/link"));
    std::filesystem::create_symlink("absent", folder.path("tree/dangling"));
    ASSERT_EQ(::mkfifo(folder.path("tree/fifo").c_str(), 0600), 0);
    ASSERT_TRUE(remove_tree(folder.fd(), "tree"));
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{});
    EXPECT_EQ(content(other.path("precious")), "kept");

    std::filesystem::create_symlink(other.path(), folder.path("link"));
    EXPECT_EQ(code_of(remove_tree(folder.fd(), "link/precious")), Code::denied);
    ASSERT_TRUE(remove_tree(folder.fd(), "link"));
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{});
    EXPECT_EQ(content(other.path("precious")), "kept");
}

TEST(File, RemoveTreeEdges) {
    const test::Folder folder;
    EXPECT_TRUE(remove_tree(folder.fd(), "absent"));
    EXPECT_TRUE(remove_tree(folder.fd(), "absent/too"));
    put(folder.path("file"), "x");
    EXPECT_TRUE(remove_tree(folder.fd(), "file"));
    ASSERT_TRUE(make_folders(folder.fd(), "a/b"));
    EXPECT_TRUE(remove_tree(folder.fd(), "a/b/"));
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"a"});
    for (const char* path : {"", ".", "..", "a/..", "/", "a/."})
        EXPECT_FALSE(remove_tree(folder.fd(), path)) << path;
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"a"});
}

TEST(File, RemoveTreeOfManyEntriesAndGreatDepth) {
    const test::Folder folder("/dev/shm");  // in memory: the many syncs would take seconds
    ASSERT_TRUE(make_folders(folder.fd(), "wide"));
    for (int i = 0; i < 3000; ++i) put(folder.path("wide/" + std::to_string(i)), "");
    EXPECT_TRUE(remove_tree(folder.fd(), "wide"));
    // Deeper than any path can say.
    ASSERT_TRUE(make_folders(folder.fd(), "deep"));
    Fd at = open_at(folder.fd(), "deep", O_RDONLY | O_DIRECTORY).value();
    for (int i = 0; i < 500; ++i) {
        const std::string name(20, 'd');
        ASSERT_EQ(::mkdirat(at.get(), name.c_str(), 0777), 0);
        at = open_at(at.get(), name, O_RDONLY | O_DIRECTORY).value();
    }
    EXPECT_TRUE(remove_tree(folder.fd(), "deep"));
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{});
}

// Folder modes mean nothing to root: these run in a child that is someone else.
void become_unprivileged() {
    constexpr ::uid_t kNobody = 65534;
    if (::getuid() != 0) return;
    if (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
        ::setresuid(kNobody, kNobody, kNobody) != 0) {
        ::_exit(99);
    }
}

int removes_folders_without_write_permission() {
    become_unprivileged();
    const test::Folder folder;
    if (!make_folders(folder.fd(), "tree/a/b/c")) return 1;
    put(folder.path("tree/a/file"), "x");
    const std::pair<const char*, ::mode_t> modes[] = {
        {"tree/a/b/c", 0}, {"tree/a/b", 0555}, {"tree/a", 0555}, {"tree", 0111}};
    for (const auto& [path, mode] : modes) {
        if (::chmod(folder.path(path).c_str(), mode) != 0) return 2;
    }
    if (::unlink(folder.path("tree/a/file").c_str()) == 0) return 3;  // the test must be able to fail
    if (!remove_tree(folder.fd(), "tree")) return 4;
    return names_in(folder.path()).empty() ? 0 : 5;
}

int reports_what_it_may_not_remove() {
    become_unprivileged();
    // /proc/self belongs to the kernel: neither to be removed nor to be made writable.
    const auto removed = remove_tree(AT_FDCWD, "/proc/self/fdinfo");
    if (removed) return 1;
    return removed.error().code == Code::denied ? 0 : 2;
}

TEST(FileDeathTest, RemoveTreeCopesWithReadOnlyFolders) {
    EXPECT_EXIT(::_exit(removes_folders_without_write_permission()), testing::ExitedWithCode(0), "");
    EXPECT_EXIT(::_exit(reports_what_it_may_not_remove()), testing::ExitedWithCode(0), "");
}

TEST(File, WriteDurably) {
    const test::Folder folder;
    ASSERT_TRUE(make_folders(folder.fd(), "sub"));
    for (const char* path : {"file", "sub/file"}) {
        ASSERT_TRUE(write_durably(folder.fd(), path, "one", true)) << path;
        EXPECT_EQ(code_of(write_durably(folder.fd(), path, "two", true)), Code::exists);
        EXPECT_EQ(content(folder.path(path)), "one");
        ASSERT_TRUE(write_durably(folder.fd(), path, "three", false));
        EXPECT_EQ(content(folder.path(path)), "three");
    }
    ASSERT_TRUE(write_durably(AT_FDCWD, folder.path("absolute"), "", true, 0600));
    EXPECT_EQ(stat_at(folder.fd(), "absolute", false).value().st_mode & 0777U, 0600U);
    // No temporary is left, neither by success nor by failure.
    EXPECT_EQ(names_in(folder.path()), (std::vector<std::string>{"absolute", "file", "sub"}));
    EXPECT_EQ(names_in(folder.path("sub")), std::vector<std::string>{"file"});
    EXPECT_EQ(write_durably(folder.fd(), "file", "x", true).error().message(), "write file: File exists");
}

TEST(File, WriteDurablyRefuses) {
    const test::Folder folder;
    ASSERT_TRUE(make_folders(folder.fd(), "sub"));
    std::filesystem::create_symlink("sub", folder.path("link"));
    struct Row {
        const char* path;
        Code code;
    };
    for (const Row& row :
         {Row{"", Code::usage}, Row{"sub/", Code::usage}, Row{".", Code::usage}, Row{"sub/..", Code::usage},
          Row{"absent/file", Code::not_found}, Row{"../file", Code::denied},
          Row{"/tmp/haul-test-file", Code::denied}, Row{"link/file", Code::denied}}) {
        EXPECT_EQ(code_of(write_durably(folder.fd(), row.path, "x", false)), row.code) << row.path;
    }
    EXPECT_FALSE(write_durably(folder.fd(), "sub", "x", false));  // a folder is in the way
    EXPECT_EQ(names_in(folder.path()), (std::vector<std::string>{"link", "sub"}));
    EXPECT_EQ(names_in(folder.path("sub")), std::vector<std::string>{});
}

int leaves_nothing_when_the_disk_is_full() {
    // A file size limit fails writes as a full disk does, after some bytes.
    ::signal(SIGXFSZ, SIG_IGN);
    const ::rlimit limit{1000, 1000};
    const test::Folder folder;
    if (!write_durably(folder.fd(), "file", "old", true)) return 1;
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    if (write_durably(folder.fd(), "file", std::string(5000, 'x'), false)) return 3;
    if (content(folder.path("file")) != "old") return 4;
    return names_in(folder.path()).size() == 1 ? 0 : 5;
}

TEST(FileDeathTest, WriteDurablyThatFailsLeavesTheOldFileAndNoTemporary) {
    EXPECT_EXIT(::_exit(leaves_nothing_when_the_disk_is_full()), testing::ExitedWithCode(0), "");
}

TEST(File, OneOfManyCreatesTheFile) {
    const test::Folder folder;
    std::atomic<int> winners = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back(
                [&, i] { winners += write_durably(folder.fd(), "claim", std::to_string(i), true) ? 1 : 0; });
        }
    }
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"claim"});
}

TEST(File, LockIsBusyFromASecondOpen) {
    const test::Folder folder;
    {
        const auto held = lock(folder.path("lock"));
        ASSERT_TRUE(held);
        const auto second = lock(folder.path("lock"));
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, Code::busy);
        EXPECT_EQ(second.error().subject, folder.path("lock"));
        EXPECT_TRUE(lock(folder.path("other")));
    }
    EXPECT_TRUE(lock(folder.path("lock")));
    EXPECT_EQ(code_of(lock(folder.path("absent/lock"))), Code::not_found);
}

}  // namespace
}  // namespace haul::file
