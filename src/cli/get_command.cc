#include <fmt/format.h>

#include "app/lookup.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/json.h"
#include "core/spec.h"

namespace berth::cli {
namespace {

std::string json_of(const Allocation& allocation, bool registered) {
  Json json;
  json.key("registered").value(registered);
  write_allocation_members(json, allocation);
  json.key("since").text_or_null(allocation.since.text());
  json.key("owner");
  write_owner(json, allocation.owner);
  return json.take();
}

}  // namespace

Result run_get(Session& session, const Arguments& arguments) {
  const auto& words = arguments.words();
  const bool has_default = words.size() > 1;
  const auto fallback = has_default ? parse_endpoint(words[1]) : Endpoint{};
  if (!fallback) return std::unexpected(fallback.error());

  const auto context = session.context();
  const auto found = app::find_allocation(context, words[0]);
  if (!found) return std::unexpected(found.error());
  if (!*found && !has_default) {
    const auto registry = context.store.read();
    if (!registry) return std::unexpected(registry.error());
    return std::unexpected(app::not_registered(words[0], *registry));
  }
  const auto allocation = found->value_or(Allocation{.service = words[0], .endpoint = *fallback});
  auto& out = session.out;
  out.answer_line(out.json ? json_of(allocation, found->has_value()) : to_string(allocation.endpoint.ports));
  return exit_done;
}

}  // namespace berth::cli
