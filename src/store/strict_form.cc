#include "store/strict_form.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "store/codec.h"

namespace berth::store {
namespace {

// How many characters at the front stand for themselves in a string: ASCII but for control characters, quotes and
// backslashes. Eight at a time; in each test, the top bit of a byte is set if that byte is not plain. What comes after
// the first such byte may be wrong, so the exact place is for the loop at the end to find.
std::size_t plain_length(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t top_bits = ones * 0x80;
  std::size_t length = 0;
  for (; text.size() - length >= sizeof(std::uint64_t); length += sizeof(std::uint64_t)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + length, sizeof(bytes));
    const auto is_zero = [](std::uint64_t values) { return (values - ones) & ~values; };
    const auto is_control = (bytes - ones * ' ') & ~bytes;
    if (((bytes | is_control | is_zero(bytes ^ ones * '"') | is_zero(bytes ^ ones * '\\')) & top_bits) != 0) break;
  }
  const auto is_plain = [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return code >= ' ' && code < 0x80 && byte != '"' && byte != '\\';
  };
  while (length < text.size() && is_plain(text[length])) ++length;
  return length;
}

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
    if (!address) return false;
    endpoint.address = *address;
  }
  if (!cursor.take("\"port\": ") || !cursor.take_port(endpoint.ports.first)) return false;
  endpoint.ports.last = endpoint.ports.first;
  if (cursor.take(", \"last\": ") &&
      (!cursor.take_port(endpoint.ports.last) || endpoint.ports.last < endpoint.ports.first)) {
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
    if (!cursor.take_string(since)) return false;
    allocation.since = since;
  }
  if (cursor.take(", \"owner\": {") && (!take_owner(cursor, allocation.owner) || !cursor.take("}"))) return false;
  if (cursor.take(", \"contested_by\": ") && !take_contest(cursor, allocation.contest.emplace())) return false;
  return true;
}

// Reads into `allocation`, which has nothing in it yet but perhaps room for strings.
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

// As new, but for the room that its strings have.
void clear(Allocation& allocation) {
  auto since = std::move(allocation.since);
  auto service = std::move(allocation.service);
  allocation = {};
  since.clear();
  allocation.since = std::move(since);
  allocation.service = std::move(service);
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

std::optional<Entry> find_in_strict_form(std::string_view text, std::string_view wanted) {
  Entry entry;
  Allocation allocation;
  std::uint64_t revision = 0;
  const bool is_strict = take_registry(text, revision, [&](Cursor& cursor, std::string_view service) {
    clear(allocation);
    if (!take_allocation(cursor, service, allocation)) return false;
    entry.owners_recorded |= bool{allocation.owner};
    if (service == wanted) entry.allocation = allocation;
    return true;
  });
  if (!is_strict) return std::nullopt;
  return entry;
}

}  // namespace berth::store
