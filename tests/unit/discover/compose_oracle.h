// What is known of the files of a corpus: one line of its oracle for each file and environment.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "json/json_tree.h"

namespace berth::tests {

// A published port, ranges taken apart; a pool as it is.
struct OraclePort {
  std::string service = {};
  std::string kind = {};  // fixed, ephemeral, pool, unresolved
  std::string address = {};
  std::string protocol = {};
  unsigned first = 0;  // on the host
  unsigned last = 0;
  unsigned target = 0;
  std::string raw = {};  // of what is unresolved
  std::vector<std::string> variables = {};

  friend auto operator<=>(const OraclePort&, const OraclePort&) = default;
};

struct OracleLine {
  std::string directory;
  std::string path;
  std::vector<std::string> files;
  std::string status;
  std::string via;
  std::string note;
  std::string environment;  // where the variables are from; empty: there are none
  std::string dotenv;       // the variables, as a file
  bool host_network = false;
  std::vector<OraclePort> ports;
};

using json::JsonTree;

inline std::string text_of(const JsonTree::Value& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->is(JsonTree::Type::string) ? std::string(value->string()) : "";
}
inline unsigned number_of(const JsonTree::Value& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->is(JsonTree::Type::number) ? static_cast<unsigned>(std::stoul(std::string(value->source())))
                                                    : 0;
}
inline std::vector<std::string> texts_of(const JsonTree::Value& object, std::string_view name) {
  std::vector<std::string> texts;
  if (const auto list = object.find(name); list && list->is(JsonTree::Type::array)) {
    for (const auto text : list->children()) texts.emplace_back(text.string());
  }
  return texts;
}

inline OraclePort oracle_port(const JsonTree::Value& entry) {
  OraclePort port{.service = text_of(entry, "service"),
                  .kind = text_of(entry, "kind"),
                  .address = text_of(entry, "host_ip"),
                  .protocol = text_of(entry, "protocol"),
                  .first = number_of(entry, "published"),
                  .last = number_of(entry, "published"),
                  .target = number_of(entry, "target"),
                  .raw = {},
                  .variables = texts_of(entry, "vars")};
  if (port.kind == "unresolved") port.raw = text_of(entry, "raw");
  if (const auto range = entry.find("published_range"); range && range->is(JsonTree::Type::array)) {
    std::vector<unsigned> ends;
    for (const auto end : range->children())
      ends.push_back(static_cast<unsigned>(std::stoul(std::string(end.source()))));
    port.first = ends.at(0);
    port.last = ends.at(1);
  }
  std::ranges::sort(port.variables);
  return port;
}

inline OracleLine oracle_line(const std::string& text) {
  const auto tree = JsonTree::parse(text);
  if (!tree) throw std::runtime_error("the oracle is broken: " + tree.error().message);
  const auto root = tree->root();
  OracleLine line{.directory = text_of(root, "dir"),
                  .path = text_of(root, "path"),
                  .files = texts_of(root, "files"),
                  .status = text_of(root, "status"),
                  .via = text_of(root, "via"),
                  .note = text_of(root, "note"),
                  .environment = text_of(root, "env"),
                  .dotenv = {},
                  .host_network = false,
                  .ports = {}};
  if (line.files.empty()) line.files.push_back(line.path);
  for (const auto variable : root.find("env_vars")->children())
    line.dotenv += std::string(variable.name()) + "='" + std::string(variable.string()) + "'\n";
  const auto flags = texts_of(root, "flags");
  line.host_network = std::ranges::find(flags, "host-network") != flags.end();
  for (const auto entry : root.find("entries")->children()) line.ports.push_back(oracle_port(entry));
  std::ranges::sort(line.ports);
  return line;
}

}  // namespace berth::tests
