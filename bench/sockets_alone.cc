// A berth that knows of nothing but sockets, to be compared with.
#include <memory>

#include "inspect/sockets.h"
#include "sources.h"

namespace berth {

inspect::Inspectors make_inspectors(const std::string&) {
  inspect::Inspectors inspectors;
  inspectors.push_back(std::make_unique<inspect::SocketsInspector>());
  return inspectors;
}

discover::Discoverers make_discoverers() { return {}; }

}  // namespace berth
