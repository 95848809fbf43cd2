#include <fmt/format.h>

#include "app/lookup.h"
#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/json.h"
#include "cli/table.h"
#include "core/quote.h"

namespace berth::cli {
namespace {

Colour colour_of(State state) {
  switch (state) {
    case State::listening:
      return Colour::green;
    case State::conflict:
      return Colour::red;
    case State::drift:
    case State::unknown:
      return Colour::yellow;
    case State::idle:
      return Colour::dim;
  }
  return Colour::none;
}

std::string number_or(const std::optional<Port>& port, std::string_view otherwise) {
  return port ? std::to_string(*port) : std::string(otherwise);
}

std::string json_of(const app::Listing& listing) {
  Json json;
  json.key("revision").value(listing.registry.revision);
  json.key("allocations");
  write_array(json, listing.rows, [](Json& out, const app::Listing::Row& row) {
    out.begin_object();
    write_allocation_members(out, *row.allocation);
    out.key("since").text_or_null(row.allocation->since.text());
    out.key("state").value(to_string(row.state));
    out.key("owner");
    write_owner(out, row.allocation->owner);
    out.end_object();
  });
  json.key("blind_spots");
  write_blind_spots(json, listing.blind_spots);
  return json.take();
}

// Scripts depend on the columns and their order.
std::string plain_line(const app::Listing::Row& row) {
  const auto& [service, endpoint, kind, preferred, since, owner, contest, unknown] = *row.allocation;
  std::string line = escape(service);
  const auto add = [&line](std::string_view text) { line.append("\t").append(text); };
  add(endpoint.address.to_string());
  add(std::to_string(endpoint.ports.first));
  add(std::to_string(endpoint.ports.last));
  add(to_string(endpoint.protocol));
  add(to_string(kind));
  add(number_or(preferred, ""));
  add(to_string(row.state));
  add(escape(since.text()));
  return line;
}

std::string table_of(const app::Listing& listing, const Output& out) {
  Table table({"SERVICE", "PORT", "PROTOCOL", "ADDRESS", "KIND", "PREFERRED", "STATE", "SINCE"});
  for (const auto& [allocation, state] : listing.rows) {
    const auto& endpoint = allocation->endpoint;
    const bool got_it = allocation->preferred == endpoint.ports.first;
    table << Table::Cell{escape(allocation->service), Colour::bold}
          << Table::Cell{to_string(endpoint.ports), Colour::none, true} << Table::Cell{to_string(endpoint.protocol)}
          << Table::Cell{endpoint.address.to_string()} << Table::Cell{to_string(allocation->kind)}
          << Table::Cell{number_or(allocation->preferred, "-"), got_it ? Colour::dim : Colour::yellow, true}
          << Table::Cell{to_string(state), colour_of(state)}
          << Table::Cell{escape(allocation->since.text()), Colour::dim};
  }
  return table.render(out, Stream::answer);
}

}  // namespace

Result run_list(Session& session, const Arguments& arguments) {
  auto& out = session.out;
  const auto context = session.context();
  const auto listing = app::list_allocations(context, arguments.words());
  if (!listing) return std::unexpected(listing.error());
  if (out.json) {
    out.answer_line(json_of(*listing));
    return exit_done;
  }
  for (const auto& spot : listing->blind_spots) out.note(fmt::format("not seen: {}", escape(spot.why)));
  if (out.plain) {
    for (const auto& row : listing->rows) out.answer_line(plain_line(row));
  } else if (listing->rows.empty()) {
    out.note(fmt::format("nothing is registered in {} yet\nberth register SERVICE PORT registers a service",
                         escape(context.store.name())));
  } else {
    out.answer(table_of(*listing, out));
  }
  return exit_done;
}

}  // namespace berth::cli
