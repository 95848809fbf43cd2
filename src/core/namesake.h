// One service under two names: it was taken over as redis-server, and its installer calls it redis.
#pragma once

#include <string>
#include <string_view>

#include "core/allocation.h"

namespace berth {

// Whether the registered service may be what somebody calls `service`: one of the names, or that of the owner, begins
// with the other, or has it as a word. Never proof.
bool may_be_called(const Allocation& registered, std::string_view service);

// What to do if it is: use the name that is registered, or give the port to the other one. `is_asking_registered`:
// `service` has a port of its own by now. `in_use`: the registered port is.
std::string advise_on_namesake(const Allocation& registered, std::string_view service, bool is_asking_registered,
                               bool in_use);

}  // namespace berth
