// The syntax of nginx's configuration, as ngx_conf_read_token() of its source reads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::discover {

struct NginxStatement {
  enum class Kind : std::uint8_t {
    simple,  // listen 80;
    opens,   // server {
    closes,  // }
  };
  Kind kind = Kind::simple;
  // Without quotes and escapes; none if it closes a block.
  std::vector<std::string> words = {};
  unsigned line = 0;  // of the first word, from 1

  friend bool operator==(const NginxStatement&, const NginxStatement&) = default;
};

struct NginxFault {
  unsigned line = 0;
  std::string message;
};

// Reads statement by statement; whether blocks are balanced is the caller's business.
class NginxReader {
 public:
  // `text` must outlive this. A byte order mark at its beginning is skipped.
  explicit NginxReader(std::string_view text);

  // nullopt at the end of the text. After a fault there is no way on, as for nginx.
  std::expected<std::optional<NginxStatement>, NginxFault> next();

  unsigned line() const { return line_; }

 private:
  using Word = std::expected<std::string, NginxFault>;

  bool at_end() const { return at_ >= text_.size(); }
  char take();
  void skip_blanks();
  Word quoted_word();
  std::string plain_word();
  std::optional<NginxFault> end_of_quoted() const;
  // The Lua code of a `..._by_lua_block`, which has a syntax of its own, up to its closing brace.
  void skip_lua();
  void skip_lua_string(char quote);
  bool skip_long_bracket();
  NginxFault fault(std::string message) const { return {line_, std::move(message)}; }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
  bool in_lua_ = false;
};

}  // namespace berth::discover
