// The words of a Caddyfile, as Caddy's own lexer takes them apart (caddyserver.com/docs/caddyfile/concepts, and
// caddyconfig/caddyfile/lexer.go of its source).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace berth::discover {

struct CaddyToken {
  // Without quotes, backticks and the marks of a heredoc. `{$NAME}` of a variable without a default stays as it is.
  std::string text;
  // Into whatever list of files the reader keeps.
  std::uint32_t file = 0;
  // Where it begins, from 1: for people.
  std::uint32_t line = 0;
  // Where it begins and ends if continued lines (`\` at the end) are counted as one: what "on the same line" means.
  std::uint32_t first_row = 0;
  std::uint32_t last_row = 0;
  // Which `import` brought it; 0 is none. Words of different imports are never on one line.
  std::uint32_t import = 0;
  // How many imports are around it.
  std::uint16_t depth = 0;
  bool quoted = false;

  friend bool operator==(const CaddyToken&, const CaddyToken&) = default;
};

bool on_new_line(const CaddyToken& before, const CaddyToken& token);

struct CaddyFault {
  std::uint32_t line = 0;
  std::string message;
};

struct CaddyTokens {
  std::vector<CaddyToken> tokens;
  // Why the rest of the text was not read; an empty message if all was.
  CaddyFault fault;
};

// `{$NAME:default}` is the default: what the environment of the server will be is not known here. A byte order mark
// and carriage returns are no text. Stops with a fault after `most` words.
CaddyTokens caddyfile_tokens(std::string_view text, std::uint32_t file, std::size_t most);

// The names in `{$NAME}` and, of what Caddy fills in at its start, `{env.NAME}`: in their order, each once.
std::vector<std::string> caddy_variables(std::string_view text);

// Whether the text is nothing but variables without a value.
bool only_caddy_variables(std::string_view text);

}  // namespace berth::discover
