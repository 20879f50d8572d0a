#include "base/fault_point.h"

#ifdef HAUL_FAULT_POINTS

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/number.h"

namespace haul::fault {
namespace {

struct Rule {
    int signal;  // 0: hold
    std::string name;
    unsigned countdown;
};

struct Action {
    std::string_view name;
    int signal;
};
constexpr std::array kActions{Action{"kill", SIGKILL}, Action{"stop", SIGSTOP}, Action{"hold", 0}};

// A misspelt fault would make its test pass without having tested anything.
[[noreturn]] void refuse(std::string_view why) {
    const std::string line = "HAUL_FAULT: " + std::string(why) + "\n";
    [[maybe_unused]] const auto put = ::write(STDERR_FILENO, line.data(), line.size());
    std::abort();
}

class Plan {
  public:
    Plan() {
        const char* value = std::getenv("HAUL_FAULT");
        std::string_view rest = value == nullptr ? "" : value;
        while (!rest.empty()) {
            const std::size_t comma = rest.find(',');
            add(rest.substr(0, comma));
            rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
        }
    }

    void call_at_each(std::function<void(std::string_view)> callback) {
        const std::lock_guard lock(mutex_);
        callback_ =
            callback ? std::make_shared<std::function<void(std::string_view)>>(std::move(callback)) : nullptr;
    }

    void reached(const char* name) {
        if (const auto callback = this->callback()) (*callback)(name);
        if (rules_.empty() && log_ < 0) return;
        if (count(name)) hold();
    }

  private:
    [[nodiscard]] std::shared_ptr<std::function<void(std::string_view)>> callback() {
        const std::lock_guard lock(mutex_);
        return callback_;
    }

    // Whether the thread is to be held, which happens without the lock.
    bool count(const char* name) {
        const std::lock_guard lock(mutex_);
        if (log_ >= 0 && logged_.insert(name).second) append(std::string(name) + "\n");
        bool held = false;
        for (Rule& rule : rules_) {
            if (rule.name != name || rule.countdown == 0) continue;
            --rule.countdown;
            if (rule.countdown > 0) continue;
            if (rule.signal == 0) {
                held = true;
            } else {
                // To this very thread: one for the process may be taken by another, while this one goes on.
                ::raise(rule.signal);
            }
        }
        return held;
    }

    static void hold() {
        const char* path = std::getenv("HAUL_FAULT_HOLD");
        const int made = path == nullptr ? -1 : ::open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        if (made < 0) refuse("hold needs HAUL_FAULT_HOLD to name a file that can be made");
        ::close(made);
        while (::access(path, F_OK) == 0) ::usleep(5000);
    }

    void add(std::string_view rule) {
        if (rule == "list") return open_log();
        const std::size_t first = rule.find(':');
        const std::string_view action = rule.substr(0, first);
        const auto known = std::ranges::find(kActions, action, &Action::name);
        if (known == kActions.end()) refuse("no such action: " + std::string(rule));
        std::string_view name = first == std::string_view::npos ? "" : rule.substr(first + 1);
        unsigned count = 1;
        if (const std::size_t second = name.find(':'); second != std::string_view::npos) {
            const std::string_view digits = name.substr(second + 1);
            count = text::whole_number<unsigned>(digits).value_or(0);
            if (count == 0) refuse("bad count: " + std::string(rule));
            name = name.substr(0, second);
        }
        if (name.empty()) refuse("no name: " + std::string(rule));
        rules_.push_back({known->signal, std::string(name), count});
    }

    void open_log() {
        const char* path = std::getenv("HAUL_FAULT_LOG");
        if (path != nullptr) log_ = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (log_ < 0) refuse("list needs HAUL_FAULT_LOG to name a file that can be written");
    }

    void append(const std::string& line) const {
        if (::write(log_, line.data(), line.size()) != static_cast<::ssize_t>(line.size()))
            refuse("the log cannot be written");
    }

    std::mutex mutex_;
    std::shared_ptr<std::function<void(std::string_view)>> callback_;
    std::vector<Rule> rules_;
    std::set<std::string> logged_;
    int log_ = -1;
};

}  // namespace

namespace {

Plan& plan() {
    // Never destroyed: threads may reach a point while the program ends.
    static Plan& plan = *new Plan;
    return plan;
}

}  // namespace

void reached(const char* name) { plan().reached(name); }
void on_reached(std::function<void(std::string_view)> callback) { plan().call_at_each(std::move(callback)); }

}  // namespace haul::fault

#endif
