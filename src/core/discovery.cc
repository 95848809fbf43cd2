#include "core/discovery.h"

namespace berth {

std::string_view to_string(Found::State state) {
  switch (state) {
    case Found::State::declared:
      return "declared";
    case Found::State::running:
      return "running";
    case Found::State::ephemeral:
      return "ephemeral";
    case Found::State::unresolved:
      return "unresolved";
  }
  return "";
}

}  // namespace berth
