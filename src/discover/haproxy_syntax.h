// The syntax of HAProxy's configuration (its configuration manual, sections 2.2 to 2.4).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "discover/variables.h"

namespace berth::discover {

// The words of a line: apart by blanks, up to a `#`; quotes and escapes are taken out, and in double quotes the
// variables that are assigned are replaced, or else those with a default (`${NAME-80}`). Others stay as written. The
// error is a clause for a person.
std::expected<std::vector<std::string>, std::string> haproxy_words(std::string_view line, const Assignments& variables);

struct HaproxyExpanded {
  std::string text;
  std::vector<std::string> unknown;  // the names of those that are not assigned, or not known as what
};
// `$NAME` and `${NAME}` replaced, as in every address, in quotes or not.
HaproxyExpanded haproxy_expand(std::string_view text, const Assignments& variables);

}  // namespace berth::discover
