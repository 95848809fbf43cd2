#include "cli/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <string>
#include <utility>

#include "core/spec.h"

namespace berth::cli {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view blanks = " \t\r\v\f";
  line = line.substr(0, line.find('#'));
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const auto end = line.find_first_of(blanks);
    words.push_back(line.substr(0, end));
    line.remove_prefix(words.back().size());
  }
}

Error in_line(std::size_t number, Error error) {
  error.message = fmt::format("line {}: {}", number, error.message);
  return error;
}

struct NamedLine {
  std::string_view service;
  std::size_t number;
  friend auto operator<=>(const NamedLine&, const NamedLine&) = default;
};

std::optional<Error> named_twice(std::vector<NamedLine> lines) {
  std::ranges::sort(lines);
  const auto first = std::ranges::adjacent_find(lines, {}, &NamedLine::service);
  if (first == lines.end()) return std::nullopt;
  return in_line((first + 1)->number,
                 {ErrorCode::usage, fmt::format("{} stands in line {} already", quote(first->service), first->number)});
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

std::expected<std::vector<Request>, Error> parse_batch(std::string_view text) {
  std::vector<Request> requests;
  std::vector<NamedLine> lines;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = text.find('\n');
    const auto words = words_of(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (words.empty()) continue;
    auto request = parse_request(words);
    if (!request) return std::unexpected(in_line(number, std::move(request).error()));
    request->label = fmt::format("line {}: ", number);
    lines.push_back({words.front(), number});
    requests.push_back(std::move(*request));
  }
  if (requests.empty()) return std::unexpected(Error{ErrorCode::usage, "the batch asks for nothing"});
  if (auto twice = named_twice(std::move(lines))) return std::unexpected(std::move(*twice));
  return requests;
}

}  // namespace berth::cli
