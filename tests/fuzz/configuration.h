// One input as the files of a program's configuration, and what must hold of whatever is found in them.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "discover/discoverer.h"
#include "fuzz/pieces.h"
#include "fuzz/targets.h"
#include "unit/discover/memory_tree.h"

namespace berth::fuzz {

using Files = std::map<std::string, std::string>;

// The first piece is the file `main`; the others have names of their own, from its directory.
inline Files files_of(std::string_view input, const std::string& main) {
  Files files;
  for (const auto& piece : pieces_of(input)) {
    const auto directory = main.substr(0, main.rfind('/'));
    const auto path = piece.name.empty() ? main : discover::resolve(directory, piece.name);
    files.emplace(path, piece.text);
  }
  return files;
}

// How many lines the files have. YAML has more ends of lines than others.
class Lines {
 public:
  explicit Lines(const Files& files) {
    for (const auto& [path, text] : files) count_[path] = 1 + ends_in(text);
  }

  // Whether a file has that line; one that is not there has none.
  bool have(const std::string& path, unsigned line) const {
    const auto file = count_.find(path);
    return line <= (file == count_.end() ? 0 : file->second);
  }

 private:
  static std::size_t ends_in(std::string_view text) {
    std::size_t ends = 0;
    for (; !text.empty(); text.remove_prefix(1)) {
      for (const std::string_view end : {"\n", "\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
        if (text.starts_with(end)) ++ends;
      }
    }
    return ends;
  }

  std::map<std::string, std::size_t> count_;
};

inline void check_found(const Lines& lines, const Found& found) {
  const bool has_port = found.state == Found::State::declared || found.state == Found::State::running;
  promise(found.endpoint.has_value() == has_port, "what is declared has an endpoint");
  if (found.endpoint) {
    const auto ports = found.endpoint->ports;
    promise(ports.first >= 1 && ports.first <= ports.last, "an endpoint has ports in order");
  }
  const bool has_reason = !found.variables.empty() || !found.why.empty();
  promise(found.state != Found::State::unresolved || has_reason, "what is unresolved is so for a reason");
  promise(lines.have(found.file, found.line), "what is found has a place");
  promise(!found.source.empty(), "and a source");
}

inline void check_discovery(const Files& files, const Discovery& discovery) {
  constexpr std::size_t most = 25'000;
  promise(discovery.found.size() <= most && discovery.problems.size() <= most, "what is found has a limit");
  const Lines lines(files);
  for (const auto& found : discovery.found) check_found(lines, found);
  for (const auto& problem : discovery.problems) {
    promise(!problem.message.empty(), "a problem has a message");
    promise(lines.have(problem.file, problem.line), "and a place");
  }
}

inline void check_configuration(const discover::Discoverer& discoverer, std::string_view input,
                                const std::string& main) {
  const auto files = files_of(input, main);
  check_discovery(files, discoverer.read(tests::MemoryTree(files), {main}));
}

}  // namespace berth::fuzz
