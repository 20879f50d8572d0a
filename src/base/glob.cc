#include "base/glob.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace haul {
namespace {

using Token = Glob::Token;
using Kind = Glob::Token::Kind;
using Sequence = Glob::Sequence;

// What `?` and brackets take: a character, or a byte that is none, numbered behind all characters.
text::CodePoint unit_at(std::string_view bytes) {
    constexpr char32_t kBeyondUnicode = 0x110000;
    const text::CodePoint c = text::first_code_point(bytes);
    if (c.length != 0) return c;
    return {kBeyondUnicode + static_cast<unsigned char>(bytes[0]), 1};
}

// Reads a pattern; braces are written out as alternatives.
class Parser {
  public:
    Parser(std::string_view whole, std::string_view body) : whole_(whole), rest_(body) {}

    Result<std::vector<Sequence>> parse() { return alternatives_of_one(0); }
    [[nodiscard]] bool has_slash() const { return has_slash_; }

  private:
    // Up to the end or, inside braces, up to `,` or `}`.
    Result<std::vector<Sequence>> alternatives_of_one(int depth) {
        std::vector<Sequence> result(1);
        while (!rest_.empty() && (depth == 0 || (rest_[0] != ',' && rest_[0] != '}'))) {
            if (rest_[0] == '{') {
                result = TRY(joined(result, TRY(brace(depth + 1))));
                continue;
            }
            const Token token = TRY(next_token());
            for (Sequence& sequence : result) append(sequence, token);
        }
        return result;
    }

    Result<std::vector<Sequence>> brace(int depth) {
        constexpr int kMaxDepth = 16;
        if (depth > kMaxDepth) return refused("braces are nested too deeply");
        const bool at_start = at_element_start_;
        std::vector<Sequence> result;
        do {
            rest_.remove_prefix(1);  // `{` or `,`
            at_element_start_ = at_start;
            auto more = TRY(alternatives_of_one(depth));
            std::ranges::move(more, std::back_inserter(result));
            if (rest_.empty()) return refused("a brace is not closed");
        } while (rest_[0] == ',');
        rest_.remove_prefix(1);
        at_element_start_ = false;
        return result;
    }

    Result<std::vector<Sequence>> joined(const std::vector<Sequence>& heads,
                                         const std::vector<Sequence>& tails) {
        constexpr std::size_t kMaxAlternatives = 1000;
        if (heads.size() * tails.size() > kMaxAlternatives)
            return refused("its braces stand for too many patterns");
        std::vector<Sequence> result;
        for (const Sequence& head : heads) {
            for (const Sequence& tail : tails) {
                result.push_back(head);
                for (const Token& token : tail) append(result.back(), token);
            }
        }
        return result;
    }

    static void append(Sequence& sequence, const Token& token) {
        if (token.kind == Kind::literal && !sequence.empty() && sequence.back().kind == Kind::literal) {
            sequence.back().text += token.text;
        } else {
            sequence.push_back(token);
        }
    }

    Result<Token> next_token() {
        switch (rest_[0]) {
            case '*':
                return stars();
            case '?':
                return wildcard(Kind::any);
            case '[':
                return set();
            default:
                return literal();
        }
    }

    Token wildcard(Kind kind) {
        rest_.remove_prefix(1);
        at_element_start_ = false;
        return Token{.kind = kind, .text = {}, .ranges = {}};
    }

    Token stars() {
        const bool at_start = at_element_start_;
        Token token = wildcard(Kind::star);
        while (rest_.starts_with('*')) {
            rest_.remove_prefix(1);
            token.kind = Kind::double_star;
        }
        if (token.kind == Kind::double_star && at_start && rest_.starts_with('/')) {
            rest_.remove_prefix(1);
            token.kind = Kind::folders;
            at_element_start_ = true;
            has_slash_ = true;
        }
        return token;
    }

    Result<Token> literal() {
        if (rest_[0] == '\\') {
            rest_.remove_prefix(1);
            if (rest_.empty()) return refused("nothing follows the last backslash");
        }
        const char c = rest_[0];
        rest_.remove_prefix(1);
        at_element_start_ = c == '/';
        has_slash_ = has_slash_ || c == '/';
        return Token{.kind = Kind::literal, .text = std::string(1, c), .ranges = {}};
    }

    Result<Token> set() {
        Token token = wildcard(Kind::set);
        if (rest_.starts_with('!') || rest_.starts_with('^')) {
            token.negated = true;
            rest_.remove_prefix(1);
        }
        do {
            const char32_t low = TRY(set_member());
            char32_t high = low;
            if (rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']') {
                rest_.remove_prefix(1);
                high = TRY(set_member());
            }
            if (high < low) return refused("a range in brackets runs backwards");
            token.ranges.emplace_back(low, high);
        } while (!rest_.starts_with(']'));
        rest_.remove_prefix(1);
        return token;
    }

    Result<char32_t> set_member() {
        if (rest_.starts_with('\\')) rest_.remove_prefix(1);
        if (rest_.empty()) return refused("a bracket is not closed");
        const text::CodePoint c = unit_at(rest_);
        rest_.remove_prefix(c.length);
        return c.value;
    }

    [[nodiscard]] std::unexpected<Error> refused(std::string detail) const {
        return failure(make_error(Code::usage, "read pattern", std::string(whole_), std::move(detail))
                           .with_remedy("put a backslash before * ? [ { } that are meant as they are"));
    }

    std::string_view whole_;
    std::string_view rest_;
    bool at_element_start_ = true;
    bool has_slash_ = false;
};

bool in_set(const Token& set, char32_t value) {
    const bool found = std::ranges::any_of(
        set.ranges, [value](const auto& range) { return range.first <= value && value <= range.second; });
    return found != set.negated;
}

// How many bytes at the front of `rest` a token without star takes; nullopt where it does not match.
std::optional<std::size_t> taken(const Token& token, std::string_view rest) {
    if (token.kind == Kind::literal) {
        return rest.starts_with(token.text) ? std::optional(token.text.size()) : std::nullopt;
    }
    if (rest.empty() || rest[0] == '/') return std::nullopt;
    const text::CodePoint c = unit_at(rest);
    if (token.kind == Kind::set && !in_set(token, c.value)) return std::nullopt;
    return c.length;
}

// Goes back only to the last `*` and the last `**`: what an earlier star could reach by taking more, a later
// one reaches as well, because `*` never leaves its path element. So the time stays polynomial.
class Matcher {
  public:
    Matcher(const Sequence& pattern, std::string_view text) : pattern_(pattern), text_(text) {}

    bool run() {
        while (true) {
            if (token_ == pattern_.size()) {
                if (at_ == text_.size()) return true;
                if (!go_back()) return false;
            } else if (!advance() && !go_back()) {
                return false;
            }
        }
    }

  private:
    struct Restart {
        bool set = false;
        std::size_t token = 0;  // the star
        std::size_t at = 0;     // where the text behind it begins
    };

    bool advance() {
        const Token& token = pattern_[token_];
        if (token.kind == Kind::star) {
            shallow_ = {true, token_++, at_};
            return true;
        }
        if (token.kind == Kind::double_star || token.kind == Kind::folders) {
            deep_ = {true, token_++, at_};
            shallow_.set = false;
            return true;
        }
        const auto length = taken(token, text_.substr(at_));
        if (!length) return false;
        at_ += *length;
        ++token_;
        return true;
    }

    bool go_back() {
        if (shallow_.set && shallow_.at < text_.size() && text_[shallow_.at] != '/') {
            ++shallow_.at;
            return resume(shallow_);
        }
        shallow_.set = false;
        if (!deep_.set || deep_.at >= text_.size()) return false;
        if (pattern_[deep_.token].kind == Kind::double_star) {
            ++deep_.at;
            return resume(deep_);
        }
        const std::size_t slash = text_.find('/', deep_.at);
        if (slash == std::string_view::npos) return false;
        deep_.at = slash + 1;
        return resume(deep_);
    }

    bool resume(const Restart& from) {
        token_ = from.token + 1;
        at_ = from.at;
        return true;
    }

    const Sequence& pattern_;
    std::string_view text_;
    std::size_t token_ = 0;
    std::size_t at_ = 0;
    Restart shallow_;
    Restart deep_;
};

}  // namespace

Result<Glob> Glob::parse(std::string_view pattern) {
    Glob glob;
    glob.pattern_ = pattern;
    std::string_view body = pattern;
    while (body.starts_with('/')) {
        body.remove_prefix(1);
        glob.whole_path_ = true;
    }
    while (body.ends_with('/')) {
        body.remove_suffix(1);
        glob.beneath_ = true;
    }
    if (body.empty()) return failure(Code::usage, "read pattern", std::string(pattern), "it is empty");
    Parser parser(pattern, body);
    glob.alternatives_ = TRY(parser.parse());
    glob.whole_path_ = glob.whole_path_ || parser.has_slash();
    return glob;
}

bool Glob::matches(std::string_view path, bool is_folder) const {
    if (!beneath_) return matches_whole(path);
    if (is_folder && matches_whole(path)) return true;
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
        if (matches_whole(path.substr(0, slash))) return true;
    }
    return false;
}

bool Glob::may_match_beneath(std::string_view folder) const {
    if (!whole_path_) return true;
    const std::string beneath = std::string(folder) + '/';
    return std::ranges::any_of(alternatives_, [&](const Sequence& sequence) {
        if (beneath_ && Matcher(sequence, folder).run()) return true;
        const bool fixed = !sequence.empty() && sequence.front().kind == Kind::literal;
        const std::string_view begins = fixed ? std::string_view(sequence.front().text) : std::string_view();
        return begins.starts_with(beneath) || (sequence.size() > 1 && beneath.starts_with(begins)) ||
               begins.empty();
    });
}

bool Glob::matches_whole(std::string_view text) const {
    if (!whole_path_) text.remove_prefix(text.rfind('/') + 1);
    return std::ranges::any_of(alternatives_,
                               [text](const Sequence& sequence) { return Matcher(sequence, text).run(); });
}

}  // namespace haul
