// A registry in exactly the form that berth writes itself: nearly every file is, and this reads it an order of
// magnitude faster than the general reader.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/registry.h"
#include "store/store.h"

namespace berth::store {

// Nullopt for anything that deviates in the least, or has unknown fields, escapes or characters outside ASCII: that is
// for the general reader to judge. Whatever this accepts, the general reader accepts and reads the same, and
// format_registry writes it so again, to the letter.
std::optional<Registry> parse_strict_form(std::string_view text);

// The same, for whoever needs little of it: the allocations stay unread, and their lines in `text`, until somebody
// asks.
std::optional<Registry> index_strict_form(std::shared_ptr<const std::string> text);

// Whether a text in that form may have the service; a glance, which reads and checks nothing.
bool is_in_strict_form(std::string_view text, std::string_view service);

// The entry of the service `wanted`, from a text that is read and checked as a whole, but not kept: at a thousand
// allocations that takes a fifth of the time.
std::optional<Entry> find_in_strict_form(std::string_view text, std::string_view wanted);

// What format_registry makes of `registry`, given the text that was read in the strict form before the allocations of
// `changed` (in ascending order, each once), the revision and nothing else changed. In pieces, to be written one after
// the other; those of lines that stay as they were point into `text`.
struct AmendedText {
  std::vector<std::string_view> pieces;
  std::deque<std::string> written;  // what other pieces point into
};
AmendedText amend_strict_form(std::string_view text, const Registry& registry,
                              const std::vector<std::string_view>& changed);

}  // namespace berth::store
