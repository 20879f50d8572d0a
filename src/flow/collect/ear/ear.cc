#include "flow/collect/ear/ear.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/companion.h"

namespace haul::collect {
namespace {

struct Question {
    const std::string& path;
    const std::stop_token& stop;
    std::optional<Result<json::Value>> answer{};
};

// A line of ours cannot name it: names end where lines do.
Status check_path(const std::string& path) {
    if (path.find('\n') == std::string::npos) return {};
    return failure(make_error(Code::unsupported, "listen to", path, "its name has a line break in it")
                       .with_remedy("rename it"));
}

// Why its decoder was given up, where it was for its slowness: that may be the machine's as well, and is no
// verdict on the file.
std::optional<Error> given_up_of(const json::Value& heard) {
    const auto error = heard.find("error");
    if (error == heard.end() || !error->is_object() || error->value("code", json::Value()) != "timed_out")
        return std::nullopt;
    const json::Value message = error->value("message", json::Value());
    return make_error(Code::timed_out, "decode", "", message.is_string() ? message.get<std::string>() : "");
}

}  // namespace

std::vector<std::string> EarSetup::command(std::initializer_list<std::string> words) const {
    std::vector<std::string> argv = {program};
    argv.insert(argv.end(), words);
    if (!models.empty()) argv.insert(argv.end(), {"--models", models});
    return argv;
}

struct Ears::State {
    EarSetup setup;
    std::mutex mutex{};
    std::condition_variable_any changed{};
    std::deque<Question*> queue{};
    std::atomic<std::uint64_t> deaths = 0;
    std::vector<std::jthread> threads{};  // last: they use all of the above

    [[nodiscard]] Result<process::Companion> start() const {
        process::Command command;
        command.argv = setup.command({"listen", "--json", "--files-from", "-"});
        auto child = process::Companion::start(command);
        if (child || child.error().code != Code::not_found) return child;
        return failure(make_error(Code::unsupported, "listen", setup.program, "there is no such program")
                           .with_remedy("in a source tree `./haul listen FILE` builds it once"));
    }

    // One child and the thread that it dies with.
    void serve(const std::stop_token& over) {
        std::optional<process::Companion> child;
        while (Question* const question = next(over)) {
            auto answer = ask(child, *question);
            const std::lock_guard lock(mutex);
            question->answer = std::move(answer);
            changed.notify_all();
        }
    }

    Question* next(const std::stop_token& over) {
        std::unique_lock lock(mutex);
        if (!changed.wait(lock, over, [&] { return !queue.empty(); })) return nullptr;
        Question* const question = queue.front();
        queue.pop_front();
        return question;
    }

    // A child went, for this file: nobody else is kept waiting for it.
    std::unexpected<Error> lost(const Question& question, Error why) {
        ++deaths;
        Error error =
            std::move(why)
                .within("listen to", question.path)
                .with_remedy(
                    "hear it alone with `haul listen`, and take it away or report it where that ends, "
                    "too; the same command tries it again");
        error.code = Code::io;
        error.child_died = true;
        return failure(std::move(error));
    }

    Result<json::Value> ask(std::optional<process::Companion>& child, const Question& question) {
        if (question.stop.stop_requested())
            return failure(Code::interrupted, "listen to", question.path, "stopped on request");
        if (!child || child->ended()) child = TRY(start());
        auto line = child->ask(question.path, setup.limit, question.stop);
        if (!line && line.error().code == Code::interrupted) return failure(std::move(line).error());
        if (!line) return lost(question, std::move(line).error());
        json::Value heard = TRY(json::parse(*line, "what haul-speech says of " + question.path));
        if (!heard.is_object())
            return failure(Code::corrupt, "listen to", question.path,
                           "what haul-speech says of it is no object");
        if (auto given_up = given_up_of(heard)) return lost(question, *std::move(given_up));
        heard.erase("path");
        heard.erase("verdict");
        return heard;
    }
};

Ears::Ears(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ears::~Ears() = default;

Result<std::unique_ptr<Ears>> Ears::create(EarSetup setup) {
    auto state = std::make_unique<State>();
    state->setup = std::move(setup);
    // The first child is started here only to see that it can be: it would die with this thread.
    TRY(state->start());
    State& shared = *state;
    for (unsigned i = 0; i < std::max(1U, shared.setup.count); ++i)
        state->threads.emplace_back([&shared](const std::stop_token& over) { shared.serve(over); });
    return std::unique_ptr<Ears>(new Ears(std::move(state)));
}

Result<json::Value> Ears::hear(const std::string& path, const std::stop_token& stop) {
    TRY(check_path(path));
    Question question{.path = path, .stop = stop};
    std::unique_lock lock(state_->mutex);
    state_->queue.push_back(&question);
    state_->changed.notify_all();
    // A stop ends the child's work, and so this wait too.
    state_->changed.wait(lock, [&] { return question.answer.has_value(); });
    return *std::move(question.answer);
}

std::uint64_t Ears::deaths() const { return state_->deaths; }

}  // namespace haul::collect
