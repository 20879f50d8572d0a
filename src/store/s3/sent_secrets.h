// What of a signed request must not come back in a message, though some services repeat all that they signed.
#pragma once

#include <string>
#include <vector>

#include "http/exchange.h"

namespace haul::store::s3 {

class SentSecrets {
  public:
    // The session token and the signature in the request's headers.
    explicit SentSecrets(const http::Request& request);
    // Puts `…` in the place of each, also where it stands as text::printable writes it.
    void hide(std::string& text) const;

  private:
    std::vector<std::string> secrets_;
};

}  // namespace haul::store::s3
