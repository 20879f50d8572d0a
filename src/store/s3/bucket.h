// The bucket that a store stands on: names and keys, requests with all that every one of them needs, and
// their sending. Shared by the store, its listings and uploads. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/client.h"
#include "store/open_store.h"
#include "store/s3/complaint.h"
#include "store/s3/credentials.h"
#include "store/s3/service_error.h"
#include "store/s3/settings.h"
#include "store/s3/sign.h"

namespace haul::store::s3 {

using Query = std::vector<std::pair<std::string, std::string>>;  // sorted by key, unescaped

class Bucket {
  public:
    Bucket(Settings settings, std::string address, ServiceOptions options,
           std::unique_ptr<http::Client> client, std::unique_ptr<CredentialSource> credentials);

    [[nodiscard]] const Settings& settings() const { return settings_; }
    [[nodiscard]] const ServiceOptions& options() const { return options_; }
    [[nodiscard]] const std::string& address() const { return address_; }
    // "s3://bucket/prefix/name": for messages.
    [[nodiscard]] std::string subject(std::string_view name) const;

    // The key of a name beneath the prefix; "." is the prefix itself.
    [[nodiscard]] std::string key_of(std::string_view name) const;
    // The name of a key that lies beneath the prefix.
    [[nodiscard]] std::string name_of(std::string_view key) const {
        return std::string(key.substr(settings_.prefix.size()));
    }

    // A request for a key; an empty one is the bucket.
    [[nodiscard]] http::Request request(std::string method, std::string_view key,
                                        const Query& query = {}) const;
    // Sends all, signed. `tried[i]` is what exchange i is about. Afterwards each `result` is an error for
    // every answer but 2xx too. Where the service says that credentials have expired or our clock is wrong,
    // that is mended and those exchanges are sent once more; where it refuses without a word (HEAD has no
    // body), it is asked for one first.
    void send(std::span<http::Exchange> exchanges, std::span<const Tried> tried, const std::stop_token& stop);
    [[nodiscard]] Result<http::Answer> send(http::Request request, const Tried& tried,
                                            const std::stop_token& stop);
    [[nodiscard]] http::Traffic traffic() const { return client_->traffic(); }
    [[nodiscard]] http::Life life() const { return client_->life(url_); }

    // Create-only writes look first instead of sending If-None-Match (look_first.h). Set before anybody else
    // has the bucket.
    void create_by_looking() { creates_by_looking_ = true; }
    [[nodiscard]] bool creates_by_looking() const { return creates_by_looking_; }

  private:
    void send_once(std::span<http::Exchange> exchanges, const std::stop_token& stop);
    [[nodiscard]] Complaint complaint(const http::Exchange& exchange) const;
    // What a silent answer meant.
    [[nodiscard]] Complaint why(http::Exchange& silent, const std::stop_token& stop);
    [[nodiscard]] bool mend(Complaint complaint, const http::Exchange& exchange);
    // Which of the exchanges are worth sending again, their complaint being mended.
    [[nodiscard]] std::vector<std::size_t> mend_all(std::span<http::Exchange> exchanges,
                                                    const std::stop_token& stop);
    // How many came through.
    std::size_t send_again(std::span<http::Exchange> exchanges, const std::vector<std::size_t>& which,
                           const std::stop_token& stop);

    Settings settings_;
    std::string address_, url_;
    ServiceOptions options_;
    std::unique_ptr<http::Client> client_;
    std::unique_ptr<CredentialSource> credentials_;
    Signer signer_;
    bool creates_by_looking_ = false;
    std::atomic<std::int64_t> skew_s_{0};  // the service's clock less ours
};

}  // namespace haul::store::s3
