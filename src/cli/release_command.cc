#include <fmt/format.h>

#include "app/release.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/json.h"
#include "core/quote.h"

namespace berth::cli {

Result run_release(Session& session, const Arguments& arguments) {
  const bool all = arguments.has("--all");
  if (all != arguments.words().empty()) {
    return std::unexpected(Error{ErrorCode::usage,
                                 all ? "--all releases every service: do not name any" : "no service is named",
                                 usage_of(*find_command("release"))});
  }
  const auto context = session.context();
  const auto released = all ? app::release_all(context) : app::release_services(context, arguments.words());
  if (!released) return std::unexpected(released.error());

  auto& out = session.out;
  if (out.json) {
    Json json;
    json.key("released");
    write_array(json, *released, write_allocation);
    out.answer_line(json.take());
  }
  for (const auto& allocation : *released) {
    out.note(fmt::format("released {}: {}", escape(allocation.service), to_string(allocation.endpoint)));
  }
  if (released->empty()) out.note("nothing is registered");
  return exit_done;
}

}  // namespace berth::cli
