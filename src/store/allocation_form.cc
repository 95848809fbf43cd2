#include "store/allocation_form.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "core/address.h"
#include "core/json_text.h"
#include "core/quote.h"

namespace berth::store {
namespace {

using Value = JsonTree::Value;
using Type = JsonTree::Type;

// An allocation whose ports are still being read.
struct Draft {
  Allocation allocation;
  std::optional<Port> port;
  std::optional<Port> last;
};

using Result = std::expected<void, Fault>;

std::unexpected<Fault> fault(const Value& value, std::string_view expectation) {
  std::string subject = value.name().empty() ? "it" : quote(value.name());
  return std::unexpected(Fault{
      value.offset(), std::move(subject) + " must be " + std::string(expectation) + ", not " + quote(value.source())});
}

template <typename Read, typename Target>
Result assign(Read&& read, Target& target) {
  if (!read) return std::unexpected(std::move(read.error()));
  target = static_cast<Target>(*std::forward<Read>(read));
  return {};
}

Result read_address(const Value& value, Draft& draft) {
  const auto address = value.is(Type::string) ? Address::parse(value.string()) : std::nullopt;
  if (!address) return fault(value, "an IPv4 or IPv6 address or \"*\"");
  draft.allocation.endpoint.address = *address;
  return {};
}

Result read_protocol(const Value& value, Draft& draft) {
  const auto protocol = value.is(Type::string) ? parse_protocol(value.string()) : std::nullopt;
  if (!protocol) return fault(value, "\"tcp\", \"udp\" or \"tcp+udp\"");
  draft.allocation.endpoint.protocol = *protocol;
  return {};
}

Result read_kind(const Value& value, Draft& draft) {
  for (const auto kind : {Kind::fixed, Kind::flexible}) {
    if (value.is(Type::string) && value.string() == to_string(kind)) {
      draft.allocation.kind = kind;
      return {};
    }
  }
  return fault(value, "\"fixed\" or \"flexible\"");
}

Result read_owner_name(const Value& value, Owner& owner) {
  const auto kind = parse_owner_kind(value.name());
  if (!kind || *kind == Owner::Kind::none || !value.is(Type::string)) {
    return std::unexpected(Fault{value.offset(), "an owner is a \"container\", \"compose\", \"unit\" or \"exe\" with " +
                                                     std::string("its name, not ") + quote(value.name()) + ": " +
                                                     quote(value.source())});
  }
  if (owner) return std::unexpected(Fault{value.offset(), "there must be one owner, not several"});
  owner = {*kind, std::string(value.string())};
  return {};
}

Result read_owner(const Value& value, Draft& draft) {
  if (!value.is(Type::object)) return fault(value, "an object");
  for (const auto member : value.children()) {
    if (auto read = read_owner_name(member, draft.allocation.owner); !read) return read;
  }
  if (!draft.allocation.owner) return fault(value, "an object that names the owner");
  return {};
}

Result read_contest(const Value& value, Draft& draft) {
  if (!value.is(Type::object)) return fault(value, "an object");
  Contest contest;
  for (const auto member : value.children()) {
    Result read;
    if (member.name() == "pid") {
      read = assign(read_count(member, std::numeric_limits<std::int32_t>::max()), contest.pid);
    } else if (member.name() == "started") {
      read = assign(read_count(member, std::numeric_limits<std::uint64_t>::max()), contest.started);
    } else {
      read = read_owner_name(member, contest.owner);
    }
    if (!read) return read;
  }
  draft.allocation.contest = std::move(contest);
  return {};
}

struct KnownField {
  std::string_view name;
  Result (*read)(const Value& value, Draft& draft);
};

constexpr std::array known_fields{
    KnownField{"address", read_address},
    KnownField{"port", [](const Value& value, Draft& draft) { return assign(read_port(value), draft.port); }},
    KnownField{"last", [](const Value& value, Draft& draft) { return assign(read_port(value), draft.last); }},
    KnownField{"protocol", read_protocol},
    KnownField{"kind", read_kind},
    KnownField{"preferred",
               [](const Value& value, Draft& draft) { return assign(read_port(value), draft.allocation.preferred); }},
    KnownField{"since",
               [](const Value& value, Draft& draft) { return assign(read_string(value), draft.allocation.since); }},
    KnownField{"owner", read_owner},
    KnownField{"contested_by", read_contest},
};

const KnownField* find_field(std::string_view name) {
  const auto found = std::ranges::find(known_fields, name, &KnownField::name);
  return found == known_fields.end() ? nullptr : &*found;
}

Result finish(const Value& value, Draft& draft) {
  if (!draft.port) return std::unexpected(Fault{value.offset(), "it has no \"port\""});
  auto& ports = draft.allocation.endpoint.ports;
  ports = {*draft.port, draft.last.value_or(*draft.port)};
  if (ports.last >= ports.first) return {};
  return std::unexpected(Fault{value.offset(), "\"last\" (" + std::to_string(ports.last) + ") is below \"port\" (" +
                                                   std::to_string(ports.first) + ")"});
}

Result read_fields(const Value& value, Draft& draft) {
  if (!value.is(Type::object)) {
    return std::unexpected(Fault{value.offset(), "it must be an object, not " + quote(value.source())});
  }
  for (const auto member : value.children()) {
    const auto* const field = find_field(member.name());
    if (field == nullptr) {
      keep_field(draft.allocation.unknown, std::string(member.name()), member);
    } else if (auto read = field->read(member, draft); !read) {
      return read;
    }
  }
  return finish(value, draft);
}

void write_owner_name(JsonPen& pen, const Owner& owner) {
  pen.string(to_string(owner.kind));
  pen.text(": ");
  pen.string(owner.name);
}

void write_contest(JsonPen& pen, const Contest& contest) {
  pen.text(", \"contested_by\": {\"pid\": ");
  pen.number(static_cast<std::uint64_t>(std::max(contest.pid, 0)));
  pen.text(", \"started\": ");
  pen.number(contest.started);
  if (contest.owner) {
    pen.text(", ");
    write_owner_name(pen, contest.owner);
  }
  pen.text("}");
}

void write_endpoint(JsonPen& pen, const Endpoint& endpoint) {
  if (endpoint.address != Address{}) {
    pen.text("\"address\": ");
    pen.string(endpoint.address.to_string());
    pen.text(", ");
  }
  pen.text("\"port\": ");
  pen.number(endpoint.ports.first);
  if (endpoint.ports.size() > 1) {
    pen.text(", \"last\": ");
    pen.number(endpoint.ports.last);
  }
  pen.text(", \"protocol\": \"");
  pen.text(to_string(endpoint.protocol));
  pen.text("\"");
}

}  // namespace

void write_allocation(JsonPen& pen, const Allocation& allocation) {
  pen.text("{");
  write_endpoint(pen, allocation.endpoint);
  pen.text(", \"kind\": \"");
  pen.text(to_string(allocation.kind));
  pen.text("\"");
  if (allocation.preferred) {
    pen.text(", \"preferred\": ");
    pen.number(*allocation.preferred);
  }
  if (!allocation.since.empty()) {
    pen.text(", \"since\": ");
    pen.string(allocation.since.text());
  }
  if (allocation.owner) {
    pen.text(", \"owner\": {");
    write_owner_name(pen, allocation.owner);
    pen.text("}");
  }
  if (allocation.contest) write_contest(pen, *allocation.contest);
  for (const auto& field : allocation.unknown) {
    pen.text(", ");
    pen.string(field.name);
    pen.text(": ");
    pen.text(field.json);
  }
  pen.text("}");
}

void write_with_name(JsonPen& pen, const Allocation& allocation) {
  pen.string(allocation.service);
  pen.text(": ");
  write_allocation(pen, allocation);
}

std::expected<Allocation, Fault> read_allocation(std::string_view service, const Value& value) {
  Draft draft;
  draft.allocation.service = service;
  auto read = read_fields(value, draft);
  if (read) return std::move(draft.allocation);
  read.error().message.insert(0, "allocation " + quote(service) + ": ");
  return std::unexpected(std::move(read.error()));
}

bool is_known_field(std::string_view name) { return find_field(name) != nullptr; }

void keep_field(std::vector<Field>& fields, std::string name, const Value& value) {
  fields.push_back({std::move(name), value.compact()});
}

std::expected<std::uint64_t, Fault> read_count(const Value& value, std::uint64_t highest) {
  std::uint64_t number = 0;
  const auto text = value.source();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_count = value.is(Type::number) && error == std::errc{} && end == text.data() + text.size();
  if (!is_count || number > highest) return fault(value, "a number of 0 to " + std::to_string(highest));
  return number;
}

std::expected<Port, Fault> read_port(const Value& value) {
  const auto number = read_count(value, std::numeric_limits<Port>::max());
  if (!number || *number == 0) return fault(value, "a port, a number of 1 to 65535");
  return static_cast<Port>(*number);
}

std::expected<std::string, Fault> read_string(const Value& value) {
  if (!value.is(Type::string)) return fault(value, "a string");
  return std::string(value.string());
}

}  // namespace berth::store
