#include "store/strict_form.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "core/json_text.h"
#include "store/allocation_form.h"
#include "store/codec.h"

namespace berth::store {
namespace {

// Reads from the front. After a false the whole parse is over, so nothing is put back.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool is_at_end() const { return at_ == end_; }

  template <std::size_t size>
  bool take(const char (&wanted)[size]) {
    constexpr auto length = size - 1;
    if (static_cast<std::size_t>(end_ - at_) < length || std::memcmp(at_, wanted, length) != 0) return false;
    at_ += length;
    return true;
  }

  // The rest of a string whose opening quote was taken, with its closing quote.
  bool take_string(std::string_view& text) {
    text = {at_, static_cast<std::size_t>(end_ - at_)};
    text = text.substr(0, plain_length(text));
    at_ += text.size();
    return take("\"");
  }

  // Digits without leading zeros.
  template <typename Number>
  bool take_number(Number& number, Number highest = std::numeric_limits<Number>::max()) {
    const char* const begin = at_;
    const auto [stop, error] = std::from_chars(at_, end_, number);
    if (error != std::errc{} || *begin == '-' || (*begin == '0' && stop != begin + 1)) return false;
    at_ = stop;
    return number <= highest;
  }

  bool take_port(Port& port) { return take_number(port) && port != 0; }

 private:
  const char* at_;
  const char* end_;
};

bool take_protocol(Cursor& cursor, Protocol& protocol) {
  if (cursor.take("tcp\"")) {
    protocol = Protocol::tcp;
  } else if (cursor.take("udp\"")) {
    protocol = Protocol::udp;
  } else {
    protocol = Protocol::tcp_udp;
    return cursor.take("tcp+udp\"");
  }
  return true;
}

bool take_endpoint(Cursor& cursor, Endpoint& endpoint) {
  std::string_view text;
  if (cursor.take("\"address\": \"")) {
    if (!cursor.take_string(text) || !cursor.take(", ")) return false;
    const auto address = Address::parse(text);
    if (!address || *address == Address{} || address->to_string() != text) return false;
    endpoint.address = *address;
  }
  if (!cursor.take("\"port\": ") || !cursor.take_port(endpoint.ports.first)) return false;
  endpoint.ports.last = endpoint.ports.first;
  if (cursor.take(", \"last\": ") &&
      (!cursor.take_port(endpoint.ports.last) || endpoint.ports.last <= endpoint.ports.first)) {
    return false;
  }
  return cursor.take(", \"protocol\": \"") && take_protocol(cursor, endpoint.protocol);
}

bool take_kind(Cursor& cursor, Kind& kind) {
  if (!cursor.take(", \"kind\": \"")) return false;
  kind = cursor.take("flexible\"") ? Kind::flexible : Kind::fixed;
  return kind == Kind::flexible || cursor.take("fixed\"");
}

bool take_owner(Cursor& cursor, Owner& owner) {
  std::string_view kind;
  std::string_view name;
  if (!cursor.take("\"") || !cursor.take_string(kind) || !cursor.take(": \"") || !cursor.take_string(name)) {
    return false;
  }
  const auto parsed = parse_owner_kind(kind);
  if (!parsed || *parsed == Owner::Kind::none) return false;
  owner.kind = *parsed;
  owner.name = name;
  return true;
}

bool take_contest(Cursor& cursor, Contest& contest) {
  if (!cursor.take("{\"pid\": ") || !cursor.take_number(contest.pid) || !cursor.take(", \"started\": ") ||
      !cursor.take_number(contest.started)) {
    return false;
  }
  if (cursor.take(", ") && !take_owner(cursor, contest.owner)) return false;
  return cursor.take("}");
}

bool take_optional_fields(Cursor& cursor, Allocation& allocation) {
  if (cursor.take(", \"preferred\": ")) {
    Port port = 0;
    if (!cursor.take_port(port)) return false;
    allocation.preferred = port;
  }
  if (cursor.take(", \"since\": \"")) {
    std::string_view since;
    if (!cursor.take_string(since) || since.empty()) return false;
    allocation.since = since;
  }
  if (cursor.take(", \"owner\": {") && (!take_owner(cursor, allocation.owner) || !cursor.take("}"))) return false;
  if (cursor.take(", \"contested_by\": ") && !take_contest(cursor, allocation.contest.emplace())) return false;
  return true;
}

// Reads into `allocation`, which has nothing in it yet but perhaps room for its name.
bool take_allocation(Cursor& cursor, std::string_view service, Allocation& allocation) {
  allocation.service = service;
  return cursor.take(": {") && take_endpoint(cursor, allocation.endpoint) && take_kind(cursor, allocation.kind) &&
         take_optional_fields(cursor, allocation) && cursor.take("}");
}

// Hands the cursor to `take(service)` for each allocation, in strictly ascending order of service.
template <typename Take>
bool take_allocations(Cursor& cursor, Take take) {
  if (cursor.take("{}")) return true;
  if (!cursor.take("{\n")) return false;
  std::string_view previous;
  do {
    std::string_view service;
    const bool is_first = previous.data() == nullptr;
    if (!cursor.take("    \"") || !cursor.take_string(service) || (!is_first && service <= previous)) return false;
    if (!take(service)) return false;
    previous = service;
  } while (cursor.take(",\n"));
  return cursor.take("\n  }");
}

template <typename Take>
bool take_registry(std::string_view text, std::uint64_t& revision, Take take) {
  Cursor cursor(text);
  return cursor.take("{\n  \"schema\": 1,\n  \"revision\": ") && cursor.take_number(revision, highest_revision) &&
         cursor.take(",\n  \"allocations\": ") &&
         take_allocations(cursor, [&](std::string_view service) { return take(cursor, service); }) &&
         cursor.take("\n}\n") && cursor.is_at_end();
}

// As new, but for the room that its name has.
void clear(Allocation& allocation) {
  auto service = std::move(allocation.service);
  allocation = {};
  allocation.service = std::move(service);
}

// Shows each allocation to `look(service, allocation)`, which must copy what it wants to keep.
template <typename Look>
bool look_at_each(std::string_view text, std::uint64_t& revision, Look look) {
  Allocation allocation;
  return take_registry(text, revision, [&](Cursor& cursor, std::string_view service) {
    clear(allocation);
    if (!take_allocation(cursor, service, allocation)) return false;
    look(service, allocation);
    return true;
  });
}

// The lines of the allocations, without what stands around them: each begins with a newline, and all but the last end
// with a comma.
constexpr std::string_view before_lines = "\n  \"allocations\": {";
constexpr std::string_view after_lines = "\n  }\n}\n";

std::string_view lines_of(std::string_view text) {
  const auto begin = text.find(before_lines) + before_lines.size();
  const bool is_empty = text[begin] == '}';
  return text.substr(begin, is_empty ? 0 : text.size() - after_lines.size() - begin);
}

std::string_view service_of(std::string_view line) {
  constexpr std::string_view indent = "\n    \"";
  line.remove_prefix(indent.size());
  return line.substr(0, line.find('"'));
}

std::size_t end_of_line(std::string_view lines, std::size_t begin) {
  return std::min(lines.find('\n', begin + 1), lines.size());
}

// Where, from `begin` on, the first line is whose service does not come before `service`.
std::size_t place_of(std::string_view lines, std::size_t begin, std::string_view service) {
  auto end = lines.size();
  while (begin < end) {
    const auto line = lines.rfind('\n', begin + (end - begin) / 2);
    if (service_of(lines.substr(line)) < service) {
      begin = end_of_line(lines, line);
    } else {
      end = line;
    }
  }
  return begin;
}

void write_line(std::string& out, const Allocation& allocation) {
  JsonPen pen(out);
  write_with_name(pen, allocation);
}

class Amended {
 public:
  explicit Amended(std::uint64_t revision) {
    std::string head = "{\n  \"schema\": 1,\n  \"revision\": ";
    append_json_number(head, revision);
    write(head.append(",").append(before_lines));
  }
  void copy(std::string_view lines) {
    if (lines.ends_with(',')) lines.remove_suffix(1);
    if (lines.empty()) return;
    separate();
    made_.pieces.push_back(lines);
  }
  void add(const Allocation& allocation) {
    separate();
    std::string line = "\n    ";
    write_line(line, allocation);
    write(std::move(line));
  }
  AmendedText take() {
    made_.pieces.push_back(has_lines_ ? after_lines : "}\n}\n");
    return std::move(made_);
  }

 private:
  void write(std::string text) { made_.pieces.emplace_back(made_.written.emplace_back(std::move(text))); }
  void separate() {
    if (has_lines_) made_.pieces.emplace_back(",");
    has_lines_ = true;
  }

  AmendedText made_;
  bool has_lines_ = false;
};

// The lines of a registry, which know where their text is.
struct Lines : UnreadAllocations {
  std::shared_ptr<const std::string> text;
};

// A line that has been read before, from its name on.
Allocation read_line(std::string_view service, const std::string& text) {
  const auto* const end_of_name = service.data() + service.size();
  Cursor cursor({end_of_name, static_cast<std::size_t>(text.data() + text.size() - end_of_name)});
  Allocation allocation;
  cursor.take("\"");
  take_allocation(cursor, service, allocation);
  return allocation;
}

}  // namespace

std::optional<Registry> parse_strict_form(std::string_view text) {
  Registry registry;
  const bool is_strict = take_registry(text, registry.revision, [&](Cursor& cursor, std::string_view service) {
    Allocation allocation;
    if (!take_allocation(cursor, service, allocation)) return false;
    registry.append(std::move(allocation));
    return true;
  });
  if (!is_strict) return std::nullopt;
  return registry;
}

std::optional<Registry> index_strict_form(std::shared_ptr<const std::string> text) {
  const auto lines = std::make_shared<Lines>();
  lines->text = std::move(text);
  constexpr std::size_t shorter_than_most_lines = 100;
  lines->rows.reserve(lines->text->size() / shorter_than_most_lines);
  std::uint64_t revision = 0;
  const bool is_strict = look_at_each(*lines->text, revision, [&](std::string_view service, const Allocation& seen) {
    lines->have_owners |= bool{seen.owner};
    lines->rows.push_back({service, seen.endpoint});
  });
  if (!is_strict) return std::nullopt;
  lines->read = [&text = *lines->text](const UnreadAllocations::Row& row) { return read_line(row.service, text); };
  return Registry(revision, lines);
}

bool is_in_strict_form(std::string_view text, std::string_view service) {
  const auto line = std::string("\n    \"").append(service).append("\": {");
  return ::memmem(text.data(), text.size(), line.data(), line.size()) != nullptr;
}

std::optional<Entry> find_in_strict_form(std::string_view text, std::string_view wanted) {
  Entry entry;
  std::uint64_t revision = 0;
  const bool is_strict = look_at_each(text, revision, [&](std::string_view service, const Allocation& seen) {
    entry.owners_recorded |= bool{seen.owner};
    if (service == wanted) entry.allocation = seen;
  });
  if (!is_strict) return std::nullopt;
  return entry;
}

AmendedText amend_strict_form(std::string_view text, const Registry& registry,
                              const std::vector<std::string_view>& changed) {
  Amended amended(registry.revision);
  const auto lines = lines_of(text);
  std::size_t done = 0;
  for (const auto service : changed) {
    const auto place = place_of(lines, done, service);
    amended.copy(lines.substr(done, place - done));
    const bool was_there = place < lines.size() && service_of(lines.substr(place)) == service;
    done = was_there ? end_of_line(lines, place) : place;
    if (const auto* allocation = registry.find(service)) amended.add(*allocation);
  }
  amended.copy(lines.substr(done));
  return amended.take();
}

}  // namespace berth::store
