// Variables in the way that shells write them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::discover {

// The names in `$NAME` and `${NAME...}`, in the order of their appearance, each once.
std::vector<std::string> variables_in(std::string_view text);

// Adds a name to such a list. What names more than a hundred is no configuration; the rest is left out.
void note_variable(std::vector<std::string>& names, std::string_view name);

// What has been assigned; nullopt: something that cannot be known without running what assigns it.
using Assignments = std::map<std::string, std::optional<std::string>>;
// More than any program is given.
constexpr std::size_t most_assignments = 1'000;
// What a text may grow to when variables in it are replaced: more is a trap, and longer than the programs take.
constexpr std::size_t longest_expansion = 8'192;

// The assignments `NAME=VALUE` and `export NAME=VALUE` of a shell script or of an environment file of systemd.exec(5).
// Nothing is run: the value of an assignment inside a condition or a loop, or with anything but plain text in it, is
// not known, and every other line is passed over.
Assignments read_assignments(std::string_view script);

}  // namespace berth::discover
