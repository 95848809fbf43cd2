// What a person or a script writes (ports, SPECs, names, batches), and foreign text on its way out.
#include <charconv>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/request.h"
#include "core/address.h"
#include "core/json_text.h"
#include "core/naming.h"
#include "core/quote.h"
#include "core/spec.h"
#include "core/utf8.h"
#include "fuzz/clean.h"
#include "fuzz/targets.h"
#include "json/json_tree.h"

namespace berth::fuzz {
namespace {

void check_error(const Error& error) {
  promise(error.code == ErrorCode::usage, "what is written wrongly is a usage error");
  promise(is_clean(error.message) && is_clean(error.hint, U'\n'), "its message is clean");
}

void check_endpoint(std::string_view text) {
  const auto endpoint = parse_endpoint(text);
  if (!endpoint) return check_error(endpoint.error());
  promise(endpoint->ports.first >= 1 && endpoint->ports.first <= endpoint->ports.last, "a range is one");
  const auto spec = to_spec(*endpoint);
  const auto again = parse_endpoint(spec);
  promise(again && *again == *endpoint, "a SPEC that is written is read the same");
  promise(to_spec(*again) == spec && is_clean(to_string(*endpoint)), "and written the same");
}

void check_word(std::string_view text) {
  check_endpoint(text);
  if (const auto ports = parse_ports(text); ports) {
    promise(to_string(*ports) == text || ports->size() == 1, "a range is written as it is read");
  } else {
    check_error(ports.error());
  }
  if (const auto kind = parse_kind(text); !kind) check_error(kind.error());
  if (const auto is_name = check_service_name(text); !is_name) check_error(is_name.error());
  const auto word = service_word(text);
  promise(word.empty() || check_service_name(word), "what is left of a name is a name");
  promise(service_word(word) == word, "and nothing more is taken from it");
}

void check_batch(std::string_view text) {
  const auto requests = cli::parse_batch(text);
  if (!requests) return check_error(requests.error());
  promise(!requests->empty(), "a batch asks for something");
  std::string written;
  for (const auto& request : *requests) {
    written += request.service + " " + to_spec(request.endpoint);
    if (request.kind) written.append(" ").append(to_string(*request.kind));
    written += "\n";
  }
  const auto again = cli::parse_batch(written);
  promise(again && again->size() == requests->size(), "a batch that is written is read again");
  for (std::size_t at = 0; at < requests->size(); ++at) {
    const auto& one = (*requests)[at];
    const auto& other = (*again)[at];
    promise(one.service == other.service && one.endpoint == other.endpoint && one.kind == other.kind, "and the same");
  }
}

void check_command_line(std::string_view text) {
  static constexpr cli::Option within{.name = "--within", .value = "A-B", .help = ""};
  static constexpr cli::Option json{.name = "--json", .value = "", .help = "", .letter = "-j"};
  static constexpr const cli::Option* options[] = {&within, &json};
  std::vector<std::string_view> words;
  while (!text.empty()) {
    words.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), words.back().size() + 1));
  }
  const auto arguments = cli::Arguments::parse(words, options);
  if (!arguments) return check_error(arguments.error());
  promise(arguments->words().size() <= words.size(), "there are no more words than were given");
  if (const auto ports = cli::within_of(*arguments); !ports) check_error(ports.error());
}

// As bash reads what stands in $'...': the escapes are of three octal digits, or of one character that is itself.
std::string read_escapes(std::string_view word) {
  std::string text;
  for (; !word.empty(); word.remove_prefix(1)) {
    promise(word.front() != '\'', "a quote within is escaped");
    if (word.front() != '\\') {
      text.push_back(word.front());
      continue;
    }
    unsigned byte = 0;
    const char* const end = word.data() + 4;
    const bool is_octal = word.size() > 3 && std::from_chars(word.data() + 1, end, byte, 8).ptr == end;
    promise(is_octal || (word.size() > 1 && (word[1] == '\'' || word[1] == '\\')), "an escape is one");
    text.push_back(is_octal ? static_cast<char>(byte) : word[1]);
    word.remove_prefix(is_octal ? 3 : 1);
  }
  return text;
}

// As a shell would read it: quotes are single ones, and what stands outside them is itself.
std::string read_by_shell(std::string_view word) {
  if (word.starts_with("$'") && word.ends_with('\'')) return read_escapes(word.substr(2, word.size() - 3));
  std::string text;
  for (bool quoted = false; !word.empty(); word.remove_prefix(1)) {
    if (word.front() == '\'') {
      quoted = !quoted;
    } else if (word.front() == '\\' && !quoted) {
      word.remove_prefix(1);
      text.push_back(word.front());
    } else {
      promise(quoted || std::string_view(" \t\n\"$`*?[]{}()<>|&;!#~").find(word.front()) == std::string_view::npos,
              "what means something to a shell is quoted");
      text.push_back(word.front());
    }
  }
  return text;
}

void check_way_out(std::string_view text) {
  promise(is_clean(escape(text)), "escaped text is clean");
  promise(is_clean(quote(text)), "quoted text is clean");
  promise(quote(text).size() < 700, "and short");
  promise(is_clean(shell_word(text)), "a word for a shell is clean");
  // No word can have a NUL.
  promise(text.contains('\0') || read_by_shell(shell_word(text)) == text, "a shell reads a word as it is meant");
  std::string json;
  append_json_string(json, text);
  promise(is_clean(json), "a JSON string is clean");
  const auto tree = json::JsonTree::parse(json);
  promise(tree && tree->root().is(json::JsonTree::Type::string), "and JSON");
  promise(!is_utf8(text) || tree->root().string() == text, "and of UTF-8 it keeps all");
  std::string penned;
  JsonPen(penned).string(text);
  promise(penned == json, "a pen writes the same");
  for (auto rest = text; !rest.empty(); rest.remove_prefix(1)) {
    const auto [length, code] = first_character(rest);
    promise(utf8_length(rest) == length, "UTF-8 is told from other bytes");
    if (length == 0) continue;
    promise(code_point(rest) == code, "a character is read");
    promise(!is_dangerous(code) || !is_harmless(code), "what could do harm is not let through");
  }
}

}  // namespace

void words(std::string_view input) {
  check_word(input);
  check_batch(input);
  check_command_line(input);
  check_way_out(input);
}

}  // namespace berth::fuzz
