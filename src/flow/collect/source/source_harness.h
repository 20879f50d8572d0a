// For tests only: an instance or host that answers by path, and a source of a plan that may ask it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "flow/collect/source/source.h"
#include "http/scripted_server.h"

namespace haul::collect::test {

// Answers each target with what `answer` gives for it, whole HTTP answers.
class Site {
  public:
    using Answer = std::function<std::string(const std::string& target)>;
    explicit Site(Answer answer)
        : answer_(std::move(answer)), server_([this](const http::Seen& seen, http::Line& line) {
              {
                  const std::scoped_lock hold(lock_);
                  asked_.push_back(seen.target);
              }
              line.send(answer_(seen.target));
          }) {}
    [[nodiscard]] std::string url(std::string_view path = "") const { return server_.url(path); }
    [[nodiscard]] std::vector<std::string> asked() {
        const std::scoped_lock hold(lock_);
        return asked_;
    }

  private:
    std::mutex lock_;
    std::vector<std::string> asked_;
    Answer answer_;
    http::ScriptedServer server_;
};

struct Asking {
    Web web{{.per_host = 8, .requests_per_second = 1e6, .allow_private = true}};
    SourceTools tools{.web = web, .scratch = {}};
    std::unique_ptr<Source> source;

    explicit Asking(const SourcePlan& plan) : source(make_source(plan, tools).value()) {}

    // All pages of a search, until it says that one is the last; an error ends it.
    struct All {
        std::vector<Candidate> candidates{};
        std::vector<std::string> passed_over{};
        std::size_t pages = 0;
        Status end{};
    };
    using Page = std::function<Result<FoundPage>(const std::string& cursor)>;
    static All read_all(const Page& page) {
        All all;
        std::string cursor;
        for (bool last = false; !last && all.pages < 1000;) {
            auto found = page(cursor);
            if (!found) {
                all.end = failure(std::move(found).error());
                return all;
            }
            ++all.pages;
            for (auto& each : found->candidates) all.candidates.push_back(std::move(each));
            for (auto& each : found->passed_over) all.passed_over.push_back(std::move(each));
            last = found->last;
            cursor = found->cursor;
        }
        return all;
    }
    [[nodiscard]] All search_all(const std::string& which) const {
        return read_all([&](const std::string& cursor) { return source->search(which, cursor, {}); });
    }
};

}  // namespace haul::collect::test
