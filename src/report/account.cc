#include "report/account.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "report/event_text.h"

namespace haul::report {
namespace {

void say_where_unsaid(std::string& field, const char* what) {
    if (field.empty()) field = what;
}

// Of any error: what is partial is never left visible, and what was committed stays.
Error with_rest(Error error) {
    say_where_unsaid(error.state, "at work");
    say_where_unsaid(error.kept, "all that is done");
    say_where_unsaid(error.cleaned, "nothing but what was temporary");
    return error;
}

}  // namespace

Error told(const Event& event) {
    Error error = *event.error;
    if (error.operation.empty()) error.operation = event.operation;
    if (error.subject.empty()) error.subject = event.subject;
    if (event.type == Type::item_failed) {
        say_where_unsaid(error.state, "to be done");
        say_where_unsaid(error.next, "the others go on; the same command tries it again");
    }
    if (error.next.empty()) error.next = event.text;
    say_where_unsaid(error.next, "the run goes on");
    return with_rest(std::move(error));
}

Error told_at_end(Error error) {
    say_where_unsaid(error.next, "nothing by itself; the same command continues");
    return with_rest(std::move(error));
}

json::Ordered record_json(const Error& told) {
    json::Ordered object = to_json(told);
    object["data_at_risk"] = !told.at_risk.empty();
    return object;
}

std::string risk_text(const Error& error) {
    return error.at_risk.empty() ? "none" : text::printable(error.at_risk);
}

std::string account_text(const Error& told) {
    return fmt::format("before: {}; kept: {}; removed: {}; data at risk: {}", text::printable(told.state),
                       text::printable(told.kept), text::printable(told.cleaned), risk_text(told));
}

}  // namespace haul::report
