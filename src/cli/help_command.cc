#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/version.h"
#include "core/spec.h"

namespace berth::cli {
namespace {

std::string list_options(std::span<const Option> options) {
  std::string text;
  for (const auto& option : options) {
    text += fmt::format("  {:<20} {}\n", fmt::format("{} {}", option.name, option.value), option.help);
  }
  return text;
}

std::string help_on(const Command& command) {
  auto text = fmt::format("{}\n\n{}\n", usage_of(command), command.summary);
  if (!command.details.empty()) text += fmt::format("\n{}\n", command.details);
  if (!command.options.empty()) text += "\nOptions:\n" + list_options(command.options);
  return text + "\nOptions everywhere:\n" + list_options(common_options());
}

}  // namespace

std::string usage_of(const Command& command) {
  const auto separator = command.arguments.empty() ? "" : " ";
  const auto options = command.options.empty() ? "" : " [OPTION...]";
  return fmt::format("berth {}{}{}{}", command.name, separator, command.arguments, options);
}

std::string overview() {
  std::string text = "berth gives every service on this server its port, and knows who holds which.\n\n";
  for (const auto& command : commands()) {
    text += fmt::format("  berth {:<40} {}\n", fmt::format("{} {}", command.name, command.arguments), command.summary);
  }
  return text + "\nOptions everywhere:\n" + list_options(common_options()) +
         "\nExit codes: 0 done, 1 the answer is no, 2 bad input, 3 port taken, 4 nothing left, 5 lock timeout,\n"
         "6 registry unreadable, 7 could not be looked at, 8 permission or no space, 70 a bug.\n"
         "berth help COMMAND tells more.\n";
}

Result run_help(Session& session, const Arguments& arguments) {
  if (arguments.words().empty()) {
    session.out.answer(overview());
    return exit_done;
  }
  const auto& name = arguments.words().front();
  if (const auto* command = find_command(name)) {
    session.out.answer(help_on(*command));
    return exit_done;
  }
  return std::unexpected(unknown_command(name));
}

Result run_version(Session& session, const Arguments&) {
  if (session.out.json) {
    session.out.answer_line(fmt::format(R"({{"schema":1,"version":"{}"}})", version));
  } else {
    session.out.answer_line(fmt::format("berth {}", version));
  }
  return exit_done;
}

Error unknown_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& command : commands()) names.push_back(command.name);
  const auto near = nearest(name, names);
  return {ErrorCode::usage, fmt::format("unknown command {}", quote(name)),
          near ? fmt::format("did you mean berth {}?", *near) : "berth help lists the commands"};
}

}  // namespace berth::cli
