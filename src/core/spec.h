// What a person or a script writes: ports, endpoints, names, kinds. Every error is a usage error that quotes the text
// and says what would be right.
#pragma once

#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "core/allocation.h"
#include "core/endpoint.h"
#include "core/error.h"
#include "core/quote.h"

namespace berth {

// "8080" or "8080-8090": numbers of 1 to 65535 and nothing else, no sign, no blank, no leading zero.
std::expected<PortRange, Error> parse_ports(std::string_view text);

// SPEC := [ADDRESS:]PORT[-LAST][/tcp|/udp|/tcp+udp], an IPv6 address in brackets. Default `*` and tcp.
std::expected<Endpoint, Error> parse_endpoint(std::string_view spec);

// "fixed" or "flexible".
std::expected<Kind, Error> parse_kind(std::string_view text);

// A new name: [A-Za-z0-9][A-Za-z0-9._-]{0,62}, optionally "/" and a second such word. What an existing file has may
// be called anything; only names that are to be written for the first time are held to this.
std::expected<void, Error> check_service_name(std::string_view name);

// The candidate that somebody who typed `text` may have meant, if one is near enough.
std::optional<std::string_view> nearest(std::string_view text, const std::vector<std::string_view>& candidates);

}  // namespace berth
