#include "discover/apache_listen.h"

#include "core/quote.h"

namespace berth::discover {

std::expected<Listener, std::string> parse_apache_listen(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return std::unexpected(std::string("Listen without a port"));
  const std::string_view text = arguments.front();
  const auto last_other = text.find_last_not_of("0123456789");
  const auto digits = last_other == std::string_view::npos ? 0 : last_other + 1;
  if (digits > 0 && text[digits - 1] != ':') return std::unexpected(quote(text) + " has no port");
  const auto port = read_port(text.substr(digits));
  if (!port) return std::unexpected(quote(text) + " has no port of 1 to 65535");
  const PortRange ports{*port, *port};
  if (digits == 0 || text.substr(0, digits) == "*:") return Listener{.endpoint = {{}, Protocol::tcp, ports}};
  auto host = text.substr(0, digits - 1);
  if (host.empty()) return std::unexpected(quote(text) + " has no address before its colon; Apache wants '*' there");
  const bool has_brackets = host.starts_with('[') && host.ends_with(']');
  if (has_brackets) host = host.substr(1, host.size() - 2);
  // "[fe80::1%eth0]": the address without its zone; two zones overlap as far as can be told.
  if (has_brackets) host = host.substr(0, host.find('%'));
  if (const auto address = Address::parse(host)) return Listener{.endpoint = {*address, Protocol::tcp, ports}};
  if (has_brackets) return std::unexpected(quote(text) + " has no IPv6 address in its brackets");
  return of_host_name(host);
}

}  // namespace berth::discover
