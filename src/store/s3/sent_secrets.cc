#include "store/s3/sent_secrets.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace haul::store::s3 {
namespace {

constexpr std::string_view kSignature = "Signature=";
constexpr std::string_view kHidden = "…";

}  // namespace

SentSecrets::SentSecrets(const http::Request& request) {
    for (const http::Header& header : request.headers) {
        std::string_view value;
        if (header.name == "x-amz-security-token") value = header.value;
        if (header.name == "authorization") {
            const auto at = header.value.rfind(kSignature);
            if (at != std::string::npos)
                value = std::string_view(header.value).substr(at + kSignature.size());
        }
        if (value.empty()) continue;
        secrets_.emplace_back(value);
        if (std::string shown = text::printable(value); shown != value) secrets_.push_back(std::move(shown));
    }
    // A longer form first: a shorter one may be a piece of it.
    std::ranges::sort(secrets_, std::ranges::greater(), &std::string::size);
}

void SentSecrets::hide(std::string& text) const {
    for (const std::string& secret : secrets_) {
        for (auto at = text.find(secret); at != std::string::npos;
             at = text.find(secret, at + kHidden.size()))
            text.replace(at, secret.size(), kHidden);
    }
}

}  // namespace haul::store::s3
