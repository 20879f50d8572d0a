// What of a URL stands in messages, and which service it belongs to. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace haul::http {

// "https://host:port", without user and password; empty where it is no http or https URL with a
// host. What is equal here shares a window.
[[nodiscard]] std::string origin_of(std::string_view url);

// For messages: without user, password, query and fragment, where secrets stand.
[[nodiscard]] std::string shown_url(std::string_view url);

// Whether a URL's host is this machine or its link (127.0.0.0/8, ::1, localhost, 169.254.0.0/16,
// fd00:ec2::254): what lies there, such as an instance's credentials, is asked without a proxy.
[[nodiscard]] bool is_at_hand(std::string_view url);

}  // namespace haul::http
