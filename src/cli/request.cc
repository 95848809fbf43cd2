#include "cli/request.h"

#include <fmt/format.h>

#include <cstddef>
#include <memory_resource>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/spec.h"

namespace berth::cli {
namespace {

constexpr bool is_blank(char byte) { return byte == ' ' || ('\t' <= byte && byte <= '\r'); }

void split(std::string_view line, std::vector<std::string_view>& words) {
  line = line.substr(0, line.find('#'));
  words.clear();
  const char* at = line.data();
  const char* const end = at + line.size();
  while (true) {
    while (at != end && is_blank(*at)) ++at;
    if (at == end) return;
    const char* const begin = at;
    while (at != end && !is_blank(*at)) ++at;
    words.emplace_back(begin, at);
  }
}

Error named_twice(std::string_view service, std::size_t first, std::size_t second) {
  return in_line(second, {ErrorCode::usage, fmt::format("{} stands in line {} already", quote(service), first)});
}

}  // namespace

std::expected<std::optional<PortRange>, Error> within_of(const Arguments& arguments) {
  const auto text = arguments.value("--within");
  if (!text) return std::nullopt;
  return parse_ports(*text);
}

std::expected<Request, Error> parse_request(const std::vector<std::string_view>& words) {
  if (words.size() < 2 || words.size() > 3) {
    return std::unexpected(Error{ErrorCode::usage,
                                 words.size() < 2 ? "a request needs a service and a port"
                                                  : fmt::format("{} is one word too many", quote(words[3])),
                                 "SERVICE SPEC [fixed|flexible]"});
  }
  const auto endpoint = parse_endpoint(words[1]);
  if (!endpoint) return std::unexpected(endpoint.error());
  Request request{std::string(words[0]), *endpoint};
  if (words.size() == 3) {
    const auto kind = parse_kind(words[2]);
    if (!kind) return std::unexpected(kind.error());
    request.kind = *kind;
  }
  return request;
}

std::size_t count_lines(std::string_view text) {
  std::size_t lines = 1;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) ++lines;
  return lines;
}

std::expected<std::vector<Request>, Error> parse_batch(std::string_view text) {
  const auto lines = count_lines(text);
  std::vector<Request> requests;
  requests.reserve(lines);
  std::pmr::monotonic_buffer_resource memory;
  std::pmr::unordered_map<std::string_view, std::size_t> line_of(lines, &memory);
  std::vector<std::string_view> words;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    split(text.substr(0, end), words);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (words.empty()) continue;
    auto request = parse_request(words);
    if (!request) return std::unexpected(in_line(number, std::move(request).error()));
    request->line = number;
    const auto [first, is_new] = line_of.emplace(words.front(), number);
    if (!is_new) return std::unexpected(named_twice(words.front(), first->second, number));
    requests.push_back(std::move(*request));
  }
  if (requests.empty()) return std::unexpected(Error{ErrorCode::usage, "the batch asks for nothing"});
  return requests;
}

}  // namespace berth::cli
