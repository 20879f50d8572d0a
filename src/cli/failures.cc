#include "cli/failures.h"

#include "base/text.h"
#include "report/account.h"

namespace haul::cli {
namespace {

std::string reason_of(const report::Event& event) {
    if (event.error) return event.error->message();
    return text::printable(event.text);
}

void take(const report::Event& event, std::vector<Failures::Item>& items, std::uint64_t& count) {
    ++count;
    if (items.size() >= Failures::kListed) return;
    Failures::Item item{.path = event.subject, .reason = reason_of(event), .remedy = {}, .error = {}};
    if (event.error) item.error = report::told(event);
    if (event.error) item.remedy = event.error->remedy;
    items.push_back(std::move(item));
}

class FailuresSink : public report::Sink {
  public:
    explicit FailuresSink(Failures& into) : into_(into) {}
    void on(const report::Event& event) override { into_.on(event); }

  private:
    Failures& into_;
};

}  // namespace

void Failures::on(const report::Event& event) {
    if (event.type == report::Type::item_failed) take(event, failed, failed_count);
    if (event.type == report::Type::unit_set_aside) take(event, set_aside, set_aside_count);
}

std::unique_ptr<report::Sink> make_failures_sink(Failures& into) {
    return std::make_unique<FailuresSink>(into);
}

json::Ordered to_json(const std::vector<Failures::Item>& items) {
    json::Ordered list = json::Ordered::array();
    for (const Failures::Item& item : items) {
        json::Ordered object;
        object["path"] = item.path;
        if (!text::is_utf8(item.path)) object["path_b64"] = text::base64(item.path);
        object["reason"] = item.reason;
        if (!item.remedy.empty()) object["remedy"] = item.remedy;
        if (item.error) object["error"] = report::record_json(*item.error);
        list.push_back(std::move(object));
    }
    return list;
}

}  // namespace haul::cli
