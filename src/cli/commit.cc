#include "cli/commit.h"

#include <fmt/format.h>

#include "core/quote.h"

namespace berth::cli {
namespace {

void write_record(Json& json, const store::Record& record) {
  json.begin_object();
  json.key("service").value(record.service());
  json.key("before");
  write_allocation_or_null(json, record.before);
  json.key("after");
  write_allocation_or_null(json, record.after);
  json.key("decision").text_or_null(record.choice ? to_string(*record.choice) : "");
  json.key("skipped");
  write_skips(json, record.skipped);
  json.end_object();
}

std::string side_of(const Allocation& allocation) {
  return fmt::format("{} {}", to_string(allocation.endpoint), to_string(allocation.kind));
}

}  // namespace

void write_commit(Json& json, const store::Commit& commit) {
  json.begin_object();
  json.key("revision").value(commit.revision);
  json.key("time").value(commit.time);
  json.key("user").value(commit.author.user);
  json.key("command").value(commit.author.command);
  json.key("changes");
  write_array(json, commit.records, write_record);
  json.end_object();
}

std::string line_of(const store::Record& record) {
  const auto name = escape(record.service());
  if (!record.after) return fmt::format("{}: released {}", name, record.before ? side_of(*record.before) : "");
  if (!record.before) {
    const bool moved = record.choice == Choice::moved && record.after->preferred;
    return fmt::format("{}: {}{}", name, side_of(*record.after),
                       moved ? fmt::format(", instead of {}", *record.after->preferred) : "");
  }
  return fmt::format("{}: {} -> {}", name, side_of(*record.before), side_of(*record.after));
}

}  // namespace berth::cli
