// A local store on a fresh folder, and short words for what tests do with it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "store/local/local_store.h"

namespace haul::store::local {

namespace fs = std::filesystem;

class LocalStoreTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "haul-local-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        open({});
    }
    void TearDown() override {
        store_.reset();
        // Not remove_all: paths may be longer than it can name.
        const auto parent = file::open_folder(folder_.parent_path().string());
        ASSERT_TRUE(parent.has_value());
        EXPECT_TRUE(file::remove_tree(parent->get(), folder_.filename().string()).has_value());
    }
    void open(const LocalOptions& options) {
        auto opened = LocalStore::open(folder_.string(), options);
        ASSERT_TRUE(opened.has_value()) << opened.error().message();
        store_ = std::move(*opened);
    }
    void put(const std::string& name, const std::string& text) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    std::string get(const std::string& name) const {
        std::ifstream in(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::vector<Object> list(const std::string& prefix = {}, const std::string& after = {}) {
        std::vector<Object> all;
        auto listing = store_->list({.prefix = prefix, .after = after});
        EXPECT_TRUE(listing.has_value()) << listing.error().message();
        while (listing.has_value()) {
            auto page = (*listing)->next({});
            EXPECT_TRUE(page.has_value()) << page.error().message();
            if (!page.has_value()) break;
            std::ranges::move(page->objects, std::back_inserter(all));
            if (page->last) break;
        }
        return all;
    }
    std::vector<std::string> names(const std::string& prefix = {}, const std::string& after = {}) {
        std::vector<std::string> all;
        for (const Object& object : list(prefix, after)) {
            all.push_back(object.name + (object.kind == Kind::unreadable ? "!" : ""));
        }
        return all;
    }
    Status read(const std::string& name, std::string& into, const Version& version = {},
                std::uint64_t offset = 0) {
        Read read;
        read.name = name;
        read.version = version;
        read.offset = offset;
        read.into = std::as_writable_bytes(std::span(into));
        store_->read_many(std::span(&read, 1), {});
        seen_ = read.seen;
        return read.result;
    }
    // Files that begin with a dot, anywhere: temporaries that were left.
    std::vector<std::string> hidden() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
            if (entry.path().filename().string().starts_with('.')) found.push_back(entry.path());
        }
        return found;
    }
    static Write file(std::string name, const std::string& bytes) {
        Write write;
        write.name = std::move(name);
        write.bytes = std::as_bytes(std::span(bytes));
        return write;
    }

    fs::path folder_;
    std::unique_ptr<Store> store_;
    Version seen_;
};

using Names = std::vector<std::string>;

}  // namespace haul::store::local
