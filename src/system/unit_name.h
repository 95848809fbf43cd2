// Names of systemd's units, and the specifiers (%i) that stand for them: systemd.unit(5). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::system {

// "x@7090.socket"
struct UnitName {
  std::string_view prefix;                   // "x"
  std::optional<std::string_view> instance;  // "7090"; empty of a template ("x@.socket"), none of a plain unit
  std::string_view type;                     // "socket"

  bool is_template() const { return instance && instance->empty(); }
  bool is_instance() const { return instance && !instance->empty(); }
};

// Its parts are views of `name`. nullopt if systemd would not take it for a unit's name.
std::optional<UnitName> parse_unit_name(std::string_view name);

// "x@7090.socket" of "x@.socket" and "7090"; the template of an instance, if the instance is empty.
std::string with_instance(const UnitName& name, std::string_view instance);

// The names whose drop-in directories (NAME.d) count for this unit, the most specific first: "a-b@1.socket",
// "a-b@.socket", "a-.socket", "a-@1.socket", "a-@.socket". Without that of the whole type ("socket").
std::vector<std::string> drop_in_names(std::string_view name);

// What a name was made from: `-` for `/`, and \xNN for a byte (systemd-escape --unescape).
std::string unescape_unit_name(std::string_view text);

// The value with its specifiers replaced, as it is in the unit `name` (its main name). nullopt if one of them stands
// for something else than the name: the host's, a directory, the machine's id...
std::optional<std::string> expand_specifiers(std::string_view value, std::string_view name);

}  // namespace berth::system
