#include "cli/session.h"

#include "core/quote.h"

namespace berth::cli {
namespace {

// As it could be typed again.
std::string command_line(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) {
    if (!line.empty()) line.push_back(' ');
    line.append(shell_word(word));
  }
  return line;
}

}  // namespace

app::Context Session::context() {
  if (!store_) {
    store_ = backstage_.open_store(registry_, wait_);
    machine_ = backstage_.open_machine(looking_);
  }
  const auto author = [this] { return store::Author{backstage_.user(), command_line(words_)}; };
  return {*store_, *machine_, author, backstage_.now};
}

}  // namespace berth::cli
