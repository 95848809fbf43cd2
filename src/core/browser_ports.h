// Ports that web browsers refuse to open.
#pragma once

#include "core/endpoint.h"

namespace berth {

// Whether browsers block `port`: the list of "bad ports" of the WHATWG Fetch standard (section "port blocking").
bool browsers_refuse(Port port);

}  // namespace berth
