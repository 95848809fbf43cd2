// What every use case works with: the places behind the interfaces, handed over by main.
#pragma once

#include <functional>
#include <string>

#include "inspect/machine.h"
#include "store/store.h"

namespace berth::app {

struct Context {
  store::Store& store;
  inspect::Machine& machine;
  // Who is asking, for the history.
  std::function<store::Author()> author;
  // The time now, RFC 3339 in UTC.
  std::function<std::string()> now;
};

}  // namespace berth::app
