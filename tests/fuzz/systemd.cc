// A socket unit, its drop-ins in further pieces; and the words in it.
#include <string>

#include "fuzz/clean.h"
#include "fuzz/pieces.h"
#include "fuzz/targets.h"
#include "inspect/listen_address.h"
#include "inspect/socket_unit.h"
#include "system/unit_file.h"
#include "system/unit_name.h"

namespace berth::fuzz {
namespace {

void check_name(std::string_view text) {
  if (const auto name = system::parse_unit_name(text); name) {
    promise(name->is_instance() || !name->instance || name->is_template(), "a name is of one kind");
    if (name->instance) promise(system::with_instance(*name, *name->instance) == text, "a name is put together again");
  }
  for (const auto& name : system::drop_in_names(text)) promise(name.size() <= text.size(), "others are no longer");
  promise(system::unescape_unit_name(text).size() <= text.size(), "nothing grows that is unescaped");
  system::parse_unit_boolean(text);
}

void check_words(const std::string& unit, const system::UnitText& text) {
  unsigned last = 0;
  for (const auto& setting : text.settings) {
    promise(setting.line >= last && setting.line > 0, "lines ascend");
    promise(!setting.section.empty(), "a setting has a section");
    promise(is_utf8(setting.value), "a value is UTF-8");
    last = setting.line;
    system::expand_specifiers(setting.value, unit);
    inspect::parse_listen_address(setting.value);
    check_name(setting.value);
  }
  promise(!text.bad_line || *text.bad_line >= last, "nothing is read beyond a bad line");
}

}  // namespace

void systemd(std::string_view input) {
  check_name(input);
  inspect::parse_listen_address(input);
  for (const std::string name : {"x@7090.socket", "a-b.socket"}) {
    system::Unit unit{.name = name, .files = {}, .is_wanted = false};
    for (const auto& piece : pieces_of(input)) {
      unit.files.push_back({"/etc/x", system::parse_unit_text(piece.text)});
      check_words(name, unit.files.back().text);
    }
    for (const bool v6only : {false, true}) {
      const auto socket = inspect::read_socket_unit(unit, {.has_ipv6 = true, .v6only = v6only});
      for (const auto& endpoint : socket.endpoints) promise(endpoint.ports.first >= 1, "an endpoint has a port");
      for (const auto& doubt : socket.doubtful) promise(!doubt.why.empty(), "a doubt has a reason");
    }
  }
}

}  // namespace berth::fuzz
