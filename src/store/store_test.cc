// The conveniences over the batch calls.
#include "store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/memory/memory_store.h"
#include "store/wrap/forward.h"

namespace haul::store {
namespace {

using testing::ElementsAre;

class Conveniences : public testing::Test {
  protected:
    void put(const std::string& name, const std::string& text) {
        ASSERT_TRUE(replace_or_create(name, text).has_value());
    }
    Status replace_or_create(const std::string& name, const std::string& text) {
        Write write;
        write.name = name;
        write.bytes = std::as_bytes(std::span(text));
        store_.write_many(std::span(&write, 1), {}, {});
        return std::move(write.result);
    }
    std::vector<std::string> names(const std::string& folder) {
        std::vector<std::string> found;
        const std::vector<Object> objects = list_folder(store_, folder).value();
        for (const Object& object : objects) found.push_back(object.name);
        return found;
    }

    memory::MemoryStore store_;
};

TEST_F(Conveniences, ReadsThroughInStretches) {
    put("f", "0123456789");
    std::vector<std::string> seen;
    const auto take = [&](std::span<const std::byte> bytes) -> Status {
        seen.emplace_back(text_of(bytes));
        return {};
    };
    ASSERT_TRUE(read_through(store_, "f", 10, 4, take).has_value());
    EXPECT_THAT(seen, ElementsAre("0123", "4567", "89"));
    seen.clear();
    ASSERT_TRUE(read_through(store_, "f", 0, 4, take).has_value());
    EXPECT_TRUE(seen.empty());
}

TEST_F(Conveniences, ReadsThroughOneVersionOnly) {
    put("f", "0123456789");
    std::string seen;
    const Status done = read_through(store_, "f", 10, 4, [&](std::span<const std::byte> bytes) -> Status {
        seen += text_of(bytes);
        put("f", "abcdefghij");
        return {};
    });
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, Code::changed);
    EXPECT_EQ(seen, "0123");
}

TEST_F(Conveniences, ReadingThroughEndsWithTheSinksError) {
    put("f", "0123456789");
    int calls = 0;
    const Status done = read_through(store_, "f", 10, 4, [&](std::span<const std::byte>) -> Status {
        ++calls;
        return failure(Code::corrupt, "look at", "f", "not what it should be");
    });
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().code, Code::corrupt);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(read_through(store_, "gone", 1, 1, [](auto) { return Status(); }).error().code,
              Code::not_found);
}

TEST_F(Conveniences, RemovesAFolderWithItsFilesAndNothingBeside) {
    for (const char* name : {"a", "folder/1", "folder/2", "folder2/1"}) put(name, "x");
    ASSERT_TRUE(remove_folder(store_, "folder").has_value());
    EXPECT_THAT(names("folder"), ElementsAre());
    EXPECT_THAT(names("folder2"), ElementsAre("folder2/1"));
    EXPECT_TRUE(find_object(store_, "a").value().has_value());
    EXPECT_TRUE(remove_folder(store_, "folder").has_value()) << "gone already is no error";
}

// Its first listings miss the last object, as an old page does.
class OldPages final : public wrap::ForwardingStore {
  public:
    OldPages(std::unique_ptr<Store> target, int old) : ForwardingStore(std::move(target)), old_(old) {}
    Result<std::unique_ptr<Listing>> list(const ListRequest& request) override {
        auto listing = TRY(target().list(request));
        if (old_-- <= 0) return listing;
        return std::unique_ptr<Listing>(std::make_unique<Shortened>(std::move(listing)));
    }

  private:
    class Shortened final : public Listing {
      public:
        explicit Shortened(std::unique_ptr<Listing> whole) : whole_(std::move(whole)) {}
        Result<Page> next(const std::stop_token& stop) override {
            Page page = TRY(whole_->next(stop));
            if (!page.objects.empty()) page.objects.pop_back();
            return page;
        }

      private:
        std::unique_ptr<Listing> whole_;
    };
    int old_;
};

TEST(RemoveFolder, BearsOldPages) {
    for (const auto& [old, expected] : {std::pair(2, true), std::pair(100, false)}) {
        OldPages store(std::make_unique<memory::MemoryStore>(), old);
        for (const char* name : {"folder/1", "folder/2"}) ASSERT_TRUE(create_object(store, name, "x"));
        const Status gone = remove_folder(store, "folder");
        EXPECT_EQ(gone.has_value(), expected) << old;
        if (!gone) {
            EXPECT_EQ(gone.error().code, Code::exists);
        }
    }
}

TEST_F(Conveniences, AFolderIsThereWhereSomethingLiesBeneathIt) {
    EXPECT_FALSE(is_folder_there(store_, "f").value());
    put("f.txt", "");
    EXPECT_FALSE(is_folder_there(store_, "f").value());
    put("f/deep/er", "");
    EXPECT_TRUE(is_folder_there(store_, "f").value());
    EXPECT_TRUE(is_folder_there(store_, "f/deep").value());
    Write folder{.name = "empty", .kind = Kind::folder};
    store_.write_many(std::span(&folder, 1), {}, {});
    EXPECT_TRUE(is_folder_there(store_, "empty").value());
}

}  // namespace
}  // namespace haul::store
