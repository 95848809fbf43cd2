// One `Listen` directive of Apache (https://httpd.apache.org/docs/2.4/mod/mpm_common.html#listen).
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "discover/listener.h"

namespace berth::discover {

// Its arguments. Without an address, and with `*`, it is every address of both families; `[::]` is dual-stack, too, in
// every Apache that is built as its default is on Linux and as Debian builds it (--enable-v4-mapped). The error is a
// clause for a person.
std::expected<Listener, std::string> parse_apache_listen(const std::vector<std::string>& arguments);

}  // namespace berth::discover
