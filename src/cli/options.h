// Words of a command line, held against a table of options.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace berth::cli {

struct Option {
  std::string_view name;   // "--within"
  std::string_view value;  // how its value is called in the help, "A-B"; empty for an option without one
  std::string_view help;
  std::string_view letter = {};  // "-h"
};

class Arguments {
 public:
  // Options may stand anywhere before "--"; a value follows as the next word or after "=". Errors: usage, with the
  // nearest option there is.
  static std::expected<Arguments, Error> parse(std::span<const std::string_view> words,
                                               std::span<const Option* const> options);

  bool has(std::string_view option) const;
  // The last value given; nullopt if the option was not.
  std::optional<std::string_view> value(std::string_view option) const;
  std::vector<std::string_view> values(std::string_view option) const;
  // The words that are no options, in order.
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::pair<std::string_view, std::string_view>> given_;
  std::vector<std::string> words_;
};

}  // namespace berth::cli
