#include "core/moment.h"

namespace berth {

Moment::Moment(std::string_view text) {
  if (text.size() > room) {
    odd_ = std::string(text);
    return;
  }
  text.copy(usual_.data(), text.size());
  length_ = static_cast<std::uint8_t>(text.size());
}

std::string_view Moment::text() const {
  return odd_ ? std::string_view(*odd_) : std::string_view(usual_.data(), length_);
}

}  // namespace berth
