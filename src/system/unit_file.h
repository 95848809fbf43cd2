// The text of systemd's unit files: systemd.syntax(7). Pure: any bytes may come in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::system {

// "Key=value" in a section. An empty value undoes what the same list had before; that is the reader's business, and so
// are quotes and specifiers (%i), for each key has its own rules about them.
struct UnitSetting {
  std::string section;  // "Socket"
  std::string key;
  std::string value;  // without white space around it; lines that are continued are joined by a blank
  unsigned line = 0;  // where it begins, from 1
  friend bool operator==(const UnitSetting&, const UnitSetting&) = default;
};

struct UnitText {
  std::vector<UnitSetting> settings;  // in the order of the text
  // The line at which systemd gives up: a section header that does not end, or bytes that are not UTF-8. What stands
  // before it counts in a drop-in; a unit whose main file has such a line is not loaded at all.
  std::optional<unsigned> bad_line;
};

// What systemd ignores with a warning (lines without `=`, or before the first section) is left out.
UnitText parse_unit_text(std::string_view text);

// "1", "yes", "y", "true", "t", "on" and their opposites, in any case: systemd.syntax(7); nullopt for anything else.
std::optional<bool> parse_unit_boolean(std::string_view value);

}  // namespace berth::system
