#include "system/ip_tables.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "system/ip_tables_answer.h"
#include "system/read_file.h"
#include "system/unique_fd.h"

namespace berth::system::netfilter {
namespace {

constexpr int attempts_at_table = 4;

// ip6t_getinfo and ip6t_get_entries are laid out like these.
static_assert(sizeof(ipt_getinfo) == sizeof(ip6t_getinfo));
static_assert(offsetof(ipt_get_entries, entrytable) == offsetof(ip6t_get_entries, entrytable));

struct Way {
  const char* names;
  int domain;
  int level;
  int get_size;
  int get_entries;
};
constexpr Way ipv4_way{"/proc/self/net/ip_tables_names", AF_INET, IPPROTO_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES};
constexpr Way ipv6_way{"/proc/self/net/ip6_tables_names", AF_INET6, IPPROTO_IPV6, IP6T_SO_GET_INFO,
                       IP6T_SO_GET_ENTRIES};

bool has_line(std::string_view text, std::string_view line) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (text.substr(0, end) == line) return true;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return false;
}

std::expected<bool, Error> is_in_use(const Way& way) {
  const auto file = read_file(way.names);
  if (!file) return std::unexpected(file.error());
  return *file && has_line((*file)->text, "nat");
}

template <typename T>
bool get(const UniqueFd& socket, int level, int option, T* answer, std::size_t size) {
  auto length = static_cast<socklen_t>(size);
  return ::getsockopt(socket.get(), level, option, answer, &length) == 0;
}

std::expected<Table, Error> read_once(const UniqueFd& socket, const Way& way, IpFamily family) {
  ipt_getinfo sizes{};
  std::ranges::copy(std::string_view("nat"), &sizes.name[0]);
  if (!get(socket, way.level, way.get_size, &sizes, sizeof(sizes))) return std::unexpected(last_error("ask ip_tables"));
  constexpr auto header = offsetof(ipt_get_entries, entrytable);
  // Of a type that is aligned as the struct is.
  std::vector<std::uint64_t> buffer((header + sizes.size) / sizeof(std::uint64_t) + 1);
  const auto bytes = std::as_writable_bytes(std::span(buffer));
  std::memcpy(&bytes[offsetof(ipt_get_entries, name)], "nat", sizeof("nat"));
  std::memcpy(&bytes[offsetof(ipt_get_entries, size)], &sizes.size, sizeof(sizes.size));
  if (!get(socket, way.level, way.get_entries, buffer.data(), header + sizes.size)) {
    return std::unexpected(last_error("read the rules of ip_tables"));
  }
  std::vector<std::uint32_t> entries;
  for (const auto hook : {NF_INET_PRE_ROUTING, NF_INET_LOCAL_OUT}) {
    if ((sizes.valid_hooks & (1U << hook)) != 0) entries.push_back(sizes.hook_entry[hook]);
  }
  auto table = read_ip_table(bytes.subspan(header, sizes.size), family, entries);
  if (!table) return std::unexpected(Error{EBADMSG, "read the rules of ip_tables"});
  return std::move(*table);
}

}  // namespace

std::expected<std::optional<Table>, Error> read_ip_tables(IpFamily family) {
  const auto& way = family == IpFamily::ipv4 ? ipv4_way : ipv6_way;
  const auto used = is_in_use(way);
  if (!used) return std::unexpected(used.error());
  if (!*used) return std::nullopt;
  const UniqueFd socket(::socket(way.domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  if (!socket) return std::unexpected(last_error("open a raw socket"));
  for (int attempt = 0; attempt < attempts_at_table; ++attempt) {
    auto table = read_once(socket, way, family);
    if (table) return std::optional(std::move(*table));
    // EAGAIN: the table has another size by now; ENOENT: it is gone.
    if (table.error().code == ENOENT) return std::nullopt;
    if (table.error().code != EAGAIN) return std::unexpected(table.error());
  }
  return std::unexpected(Error{EAGAIN, "read the rules of ip_tables while they change"});
}

}  // namespace berth::system::netfilter
