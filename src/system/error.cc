#include "system/error.h"

#include <cerrno>
#include <system_error>
#include <utility>

namespace berth::system {

std::string Error::message() const { return what + ": " + std::generic_category().message(code); }

Error last_error(std::string what) { return {errno, std::move(what)}; }

}  // namespace berth::system
