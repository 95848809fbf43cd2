// The syntax of Apache's configuration (https://httpd.apache.org/docs/2.4/configuring.html#syntax).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::discover {

// A directive, or the beginning or end of a section.
struct ApacheStatement {
  enum class Kind : std::uint8_t {
    directive,  // Listen 80
    opens,      // <IfModule ssl_module>
    closes,     // </IfModule>
  };
  Kind kind = Kind::directive;
  std::string name = {};       // in lower case
  std::string arguments = {};  // as written, without blanks at either end; of a section without its '>'
  std::string text = {};       // the whole, as written
  unsigned line = 0;           // where it begins, from 1

  friend bool operator==(const ApacheStatement&, const ApacheStatement&) = default;
};

// Reads statement by statement. A '\' at the end of a line continues it, that of a comment, too.
class ApacheReader {
 public:
  // `text` must outlive this. A byte order mark at its beginning is skipped.
  explicit ApacheReader(std::string_view text);

  // nullopt at the end of the text.
  std::optional<ApacheStatement> next();

 private:
  std::string next_line();

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
};

// Words are apart by blanks; in quotes, '\' before a quote or a '\' is taken out, and the last quote may be missing.
std::vector<std::string> apache_words(std::string_view arguments);

}  // namespace berth::discover
