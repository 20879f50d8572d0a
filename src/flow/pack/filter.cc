#include <fmt/format.h>

#include <utility>

#include "flow/pack/selection.h"

namespace haul::pack {

Result<Filter> Filter::make(const Request& request) {
    Filter filter;
    for (const std::string& text : request.options.filters) {
        const bool include = text.starts_with("include ");
        Glob glob = TRY(Glob::parse(std::string_view(text).substr(8)));
        filter.has_include_ |= include;
        filter.rules_.push_back({include, std::move(glob)});
    }
    filter.min_size_ = request.options.min_size;
    filter.max_size_ = request.options.max_size;
    filter.newer_ns_ = request.options.newer_ns;
    if (request.has_files_from) {
        filter.names_.emplace();
        for (const std::string& name : request.files_from) filter.names_->emplace(name, false);
    }
    filter.selective_ =
        filter.has_include_ || filter.min_size_ > 0 || filter.max_size_ || filter.newer_ns_ || filter.names_;
    return filter;
}

bool Filter::listed(const std::string& path) const {
    if (!names_) return true;
    if (names_->contains(path) || names_->contains(".")) return true;
    // A folder in the list takes all beneath it along.
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        if (names_->contains(std::string_view(path).substr(0, slash))) return true;
    }
    return false;
}

bool Filter::takes_file(const store::Object& object) const {
    if (object.kind == store::Kind::file) {
        if (object.size < min_size_ || (max_size_ && object.size > *max_size_)) return false;
    }
    if (newer_ns_ && object.attributes.mtime_ns.value_or(0) < *newer_ns_) return false;
    return takes_name(object.name);
}

// An exclude rule decides of all beneath a folder that it matches; an include rule of what it matches itself.
bool Filter::decides(const Rule& rule, std::string_view path, bool is_folder) {
    if (rule.glob.matches(path, is_folder)) return true;
    if (rule.include) return false;
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
        if (rule.glob.matches(path.substr(0, slash), true)) return true;
    }
    return false;
}

bool Filter::takes_name(const std::string& path) const {
    if (!listed(path)) return false;
    for (const Rule& rule : rules_) {
        if (decides(rule, path, false)) return rule.include;
    }
    return !has_include_;
}

bool Filter::may_hold(const std::string& path) const {
    if (!listed(path)) {
        const auto next = names_->lower_bound(path + "/");
        if (next == names_->end() || !next->first.starts_with(path + "/")) return false;
    }
    for (const Rule& rule : rules_) {
        if (decides(rule, path, false) || decides(rule, path, true)) return rule.include;
        if (rule.include && rule.glob.may_match_beneath(path)) return true;
    }
    return !has_include_;
}

void Filter::met(const std::string& path) {
    if (!names_) return;
    if (const auto found = names_->find(path); found != names_->end()) found->second = true;
}

std::vector<std::string> Filter::names_not_met() const {
    std::vector<std::string> missing;
    if (!names_) return missing;
    for (const auto& [name, met] : *names_) {
        if (!met) missing.push_back(name);
    }
    return missing;
}

bool Filter::excludes_folder(std::string_view path) const {
    for (const Rule& rule : rules_) {
        if (decides(rule, path, true)) return !rule.include;
        // What it names beneath is taken, and the folder with it.
        if (rule.include && rule.glob.may_match_beneath(path)) return false;
    }
    return false;
}

std::string Filter::words() const {
    std::string text;
    for (const Rule& rule : rules_)
        text += fmt::format("{}--{} {}", text.empty() ? "" : ", ", rule.include ? "include" : "exclude",
                            rule.glob.pattern());
    const auto add = [&text](bool is, std::string_view word) {
        if (is) text += fmt::format("{}{}", text.empty() ? "" : ", ", word);
    };
    add(min_size_ > 0, "--min-size");
    add(max_size_.has_value(), "--max-size");
    add(newer_ns_.has_value(), "--newer");
    add(names_.has_value(), "--files-from");
    return text;
}

}  // namespace haul::pack
