#include "cli/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/json.h"
#include "core/spec.h"

namespace berth::cli {
namespace {

constexpr double default_wait = 10;
constexpr double default_deadline = 2;
constexpr std::string_view default_registry = "/opt/foss-server-stack/port_allocation.json";

struct Line {
  std::string_view command;             // empty if there is none
  std::vector<std::string_view> words;  // all others
};

// The command is the first word that is neither an option nor an option's value.
Line find_command_word(std::span<const std::string_view> words) {
  Line line;
  for (std::size_t index = 0; index < words.size(); ++index) {
    const auto word = words[index];
    if (word.empty() || word.front() != '-') {
      line.command = word;
      line.words.insert(line.words.end(), words.begin() + static_cast<std::ptrdiff_t>(index) + 1, words.end());
      return line;
    }
    line.words.push_back(word);
    const auto option = std::ranges::find(common_options(), word, &Option::name);
    const bool takes_next = option != common_options().end() && !option->value.empty();
    if (takes_next && index + 1 < words.size()) line.words.push_back(words[++index]);
  }
  return line;
}

// `berth --version` and `berth --help` are commands in the guise of options.
Line without_command(Line line) {
  if (std::erase(line.words, "--version") > 0) return {"version", std::move(line.words)};
  if (std::erase(line.words, "--help") + std::erase(line.words, "-h") > 0) return {"help", std::move(line.words)};
  return line;
}

std::string registry_path(const Arguments& arguments) {
  if (const auto given = arguments.value("--registry")) return std::string(*given);
  for (const auto* name : {"BERTH_REGISTRY", "PORT_DB"}) {
    if (const char* path = std::getenv(name); path != nullptr && *path != '\0') return path;
  }
  return std::string(default_registry);
}

std::expected<double, Error> seconds_of(const Arguments& arguments, std::string_view option, double otherwise) {
  const auto text = arguments.value(option);
  if (!text) return otherwise;
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(text->data(), text->data() + text->size(), seconds, std::chars_format::fixed);
  constexpr double longest = 86400;
  if (error == std::errc{} && end == text->data() + text->size() && seconds >= 0 && seconds <= longest) return seconds;
  return std::unexpected(Error{
      ErrorCode::usage, fmt::format("invalid {} {}: it is a number of seconds, 0 to 86400", option, quote(*text))});
}

std::expected<void, Error> check_number_of_words(const Command& command, const Arguments& arguments) {
  const auto count = arguments.words().size();
  if (count >= command.least_words && count <= command.most_words) return {};
  const auto message = count < command.least_words ? fmt::format("berth {} needs more words", command.name)
                                                   : fmt::format("berth {} does not take {}", command.name,
                                                                 quote(arguments.words()[command.most_words]));
  return std::unexpected(Error{ErrorCode::usage, message, usage_of(command)});
}

std::string json_of(const Error& error) {
  Json json;
  json.key("error").begin_object();
  json.key("code").value(to_string(error.code));
  json.key("exit").value(static_cast<std::uint64_t>(exit_code(error.code)));
  json.key("message").value(error.message);
  json.key("hint").text_or_null(error.hint);
  json.key("holders");
  write_array(json, error.holders, write_holder);
  json.end_object();
  return json.take();
}

int report(Output& out, const Error& error) {
  out.drop_answer();
  if (out.json) out.answer_line(json_of(error));
  out.error(error.message, error.hint);
  // It stands on stderr in any case.
  [[maybe_unused]] const auto flushed = out.flush();
  return exit_code(error.code);
}

std::expected<Arguments, Error> parse_words(const std::vector<std::string_view>& words, const Command& command) {
  std::vector<const Option*> options;
  for (const auto& option : command.options) options.push_back(&option);
  for (const auto& option : common_options()) options.push_back(&option);
  return Arguments::parse(words, options);
}

Error no_such_command(const Line& line) {
  if (!line.command.empty()) return unknown_command(line.command);
  std::vector<const Option*> options;
  for (const auto& option : common_options()) options.push_back(&option);
  const auto arguments = Arguments::parse(line.words, options);
  if (!arguments) return arguments.error();
  return {ErrorCode::usage, "there is no command", "berth help lists the commands"};
}

void apply_common_options(Output& out, const Arguments& arguments) {
  out.json = arguments.has("--json");
  out.plain = arguments.has("--plain");
  out.quiet = arguments.has("--quiet");
}

int run_command(const Backstage& backstage, Output& out, const Command& command, const Arguments& arguments,
                std::span<const std::string_view> words) {
  const auto wait = seconds_of(arguments, "--wait", default_wait);
  if (!wait) return report(out, wait.error());
  const auto deadline = seconds_of(arguments, "--deadline", default_deadline);
  if (!deadline) return report(out, deadline.error());
  if (arguments.value("--registry") == "") {
    return report(out, {ErrorCode::usage, "--registry is empty", "--registry FILE"});
  }
  if (const auto checked = check_number_of_words(command, arguments); !checked) return report(out, checked.error());

  const Looking looking{std::chrono::milliseconds(static_cast<std::int64_t>(*deadline * 1000)),
                        std::string(arguments.value("--root").value_or(""))};
  Session session(backstage, out, registry_path(arguments), *wait, looking, {words.begin(), words.end()});
  const auto result = command.run(session, arguments);
  if (!result) return report(out, result.error());
  if (const auto flushed = out.flush(); !flushed) {
    out.error(flushed.error().message, flushed.error().hint);
    return exit_code(flushed.error().code);
  }
  return *result;
}

}  // namespace

int run(const Backstage& backstage, std::span<const std::string_view> words) {
  Output out;
  auto line = find_command_word(words);
  if (words.empty()) {
    out.talk(overview());
    return exit_code(ErrorCode::usage);
  }
  out.json = std::ranges::find(line.words, "--json") != line.words.end();
  if (line.command.empty()) line = without_command(std::move(line));
  const auto* command = find_command(line.command);
  if (command == nullptr) return report(out, no_such_command(line));

  const auto arguments = parse_words(line.words, *command);
  if (!arguments) return report(out, arguments.error());
  apply_common_options(out, *arguments);
  if (arguments->has("--help")) {
    const std::array<std::string_view, 2> help{"help", command->name};
    return run(backstage, help);
  }
  return run_command(backstage, out, *command, *arguments, words);
}

}  // namespace berth::cli
