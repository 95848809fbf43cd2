// Foreign text made harmless for messages and terminals.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace berth {

// What could move a cursor, hide or reorder text becomes visible: control characters (C0, DEL, C1), line separators,
// bidirectional and zero-width characters, bytes that are not UTF-8, and the backslash that marks all these.
std::string escape(std::string_view text);

// 'text', escaped, quotes too; a long text is cut.
std::string quote(std::string_view text);

// As it could be typed into a shell: in single quotes, if there is anything in it that a shell would take for its own;
// in bash's $'...', harmless to print, if there is anything in it that escape() makes visible.
std::string shell_word(std::string_view text);

// Such words in the place of a command's arguments, where none may be taken for an option: after `--` if one begins
// with `-`.
std::string operands(std::initializer_list<std::string_view> texts);
inline std::string operand(std::string_view text) { return operands({text}); }

}  // namespace berth
