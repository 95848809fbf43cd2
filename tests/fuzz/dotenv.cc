// Files of variables, and texts that use them. The text with variables is the second piece.
#include "discover/dotenv.h"

#include <algorithm>
#include <string>

#include "discover/compose_variables.h"
#include "fuzz/pieces.h"
#include "fuzz/targets.h"

namespace berth::fuzz {
namespace {

using namespace berth::discover;

void check_interpolation(std::string_view text, const Variables& variables) {
  const auto done = interpolate(text, variables);
  promise(done.malformed || done.text.size() <= longest_interpolation, "what is interpolated has a limit");
  auto missing = done.missing;
  std::ranges::sort(missing);
  promise(std::ranges::adjacent_find(missing) == missing.end(), "what is missing is named once");
  if (done.malformed || !done.missing.empty()) return;
  if (text.find('$') == std::string_view::npos) promise(done.text == text, "a text without variables is itself");
}

// So that it says the same in single quotes, where nothing has a meaning.
void check_round_trip(const Variables& variables) {
  std::string written;
  for (const auto& [name, value] : variables) {
    if (value.find_first_of("'\\\r\n") != std::string::npos || value.find('\0') != std::string::npos) return;
    written += name + "='" + value + "'\n";
  }
  const auto again = parse_dotenv(written);
  promise(again.faults.empty() && again.variables == variables, "variables that are written are read the same");
}

}  // namespace

void dotenv(std::string_view input) {
  const auto pieces = pieces_of(input, 2);
  const auto file = parse_dotenv(pieces.front().text, {{"KNOWN", "known"}});
  const auto lines = static_cast<std::size_t>(std::ranges::count(pieces.front().text, '\n')) + 1;
  for (const auto& fault : file.faults) {
    promise(fault.line >= 1 && fault.line <= lines && !fault.message.empty(), "a fault has a line and a message");
  }
  for (const auto& [name, value] : file.variables) {
    promise(!name.empty() && name.find('=') == std::string::npos, "a variable has a name");
  }
  check_round_trip(file.variables);
  check_interpolation(pieces.back().text, file.variables);
  check_interpolation(pieces.back().text, {});
}

}  // namespace berth::fuzz
