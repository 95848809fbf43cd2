// The one table of commands: dispatch, help and suggestions come from it.
#pragma once

#include <span>
#include <string_view>

#include "cli/options.h"
#include "cli/session.h"

namespace berth::cli {

struct Command {
  std::string_view name;
  std::string_view arguments;  // "SERVICE SPEC [fixed|flexible]"
  std::string_view summary;    // one line, for the overview
  std::string_view details;    // for `berth help NAME`; lines of at most 100 characters
  std::span<const Option> options;
  std::size_t least_words;
  std::size_t most_words;
  Result (*run)(Session& session, const Arguments& arguments);
};

inline constexpr std::size_t any_number = static_cast<std::size_t>(-1);

// In the order of the overview.
std::span<const Command> commands();
// Null if there is none.
const Command* find_command(std::string_view name);
// Options that every command takes.
std::span<const Option> common_options();

// One file each.
Result run_register(Session& session, const Arguments& arguments);
Result run_get(Session& session, const Arguments& arguments);
Result run_list(Session& session, const Arguments& arguments);
Result run_release(Session& session, const Arguments& arguments);
Result run_free(Session& session, const Arguments& arguments);
Result run_next(Session& session, const Arguments& arguments);
Result run_who(Session& session, const Arguments& arguments);
Result run_explain(Session& session, const Arguments& arguments);
Result run_check(Session& session, const Arguments& arguments);
Result run_migrate(Session& session, const Arguments& arguments);
Result run_history(Session& session, const Arguments& arguments);
Result run_undo(Session& session, const Arguments& arguments);
Result run_restore(Session& session, const Arguments& arguments);
Result run_version(Session& session, const Arguments& arguments);
Result run_help(Session& session, const Arguments& arguments);

// "berth register SERVICE SPEC [fixed|flexible]"
std::string usage_of(const Command& command);
// With the nearest one there is.
Error unknown_command(std::string_view name);
// The overview of all commands.
std::string overview();

}  // namespace berth::cli
