#include "system/sysctl.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <limits>

#include "system/kernel_file.h"
#include "system/trimmed.h"

namespace berth::system {
namespace {

// Every second port: 32768 numbers of five digits with their commas.
constexpr std::size_t longest_port_list = std::size_t{32768} * 6;
constexpr std::size_t usual_port_list = 4096;

constexpr std::string_view around_values = " \t\n";

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_number(trimmed(text, around_values));
  if (!number || *number > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

std::optional<PortSpan> span_of(std::string_view first, std::string_view last) {
  const auto from = parse_port(first);
  const auto to = parse_port(last);
  if (!from || !to || *from > *to) return std::nullopt;
  return PortSpan{*from, *to};
}

std::optional<PortSpan> parse_list_item(std::string_view item) {
  const auto dash = item.find('-');
  return dash == std::string_view::npos ? span_of(item, item) : span_of(item.substr(0, dash), item.substr(dash + 1));
}

}  // namespace

std::optional<PortSpan> parse_port_span(std::string_view text) {
  text = trimmed(text, around_values);
  const auto blank = text.find_first_of(" \t");
  if (blank == std::string_view::npos) return std::nullopt;
  return span_of(text.substr(0, blank), text.substr(blank));
}

std::optional<std::vector<PortSpan>> parse_port_list(std::string_view text) {
  std::vector<PortSpan> spans;
  text = trimmed(text, around_values);
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto span = parse_list_item(text.substr(0, comma));
    if (!span) return std::nullopt;
    spans.push_back(*span);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return spans;
}

bool PortSysctls::are_readable() const { return ::access((root_ + "ip_local_port_range").c_str(), R_OK) == 0; }

std::optional<PortSpan> PortSysctls::local_port_range() const {
  const auto text = read_kernel_file(AT_FDCWD, root_ + "ip_local_port_range");
  return text ? parse_port_span(*text) : std::nullopt;
}

std::optional<std::vector<PortSpan>> PortSysctls::reserved_ports() const {
  const auto path = root_ + "ip_local_reserved_ports";
  auto text = read_kernel_file(AT_FDCWD, path, usual_port_list);
  if (text && text->size() >= usual_port_list) text = read_kernel_file(AT_FDCWD, path, longest_port_list);
  return text ? parse_port_list(*text) : std::nullopt;
}

std::optional<unsigned> PortSysctls::unprivileged_port_start() const {
  const auto text = read_kernel_file(AT_FDCWD, root_ + "ip_unprivileged_port_start");
  const auto port = text ? parse_port(*text) : std::nullopt;
  return port ? std::optional<unsigned>(*port) : std::nullopt;
}

}  // namespace berth::system
