#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "store/codec.h"
#include "store/strict_form.h"
#include "unit/store/random_registry.h"

namespace berth::store {
namespace {

// A blank in front is enough for the strict reader to give up.
std::expected<Registry, Error> parse_generally(std::string_view text) {
  return parse_registry(" " + std::string(text), "test");
}

bool is_space(char byte) { return byte == ' ' || byte == '\n'; }

// Hands every token of `json`, strings in one piece and white space left out, to `take`.
template <typename Take>
void for_each_token(std::string_view json, Take&& take) {
  while (!json.empty()) {
    std::size_t length = 1;
    if (json.front() == '"') {
      while (json[length] != '"') length += json[length] == '\\' ? 2U : 1U;
      ++length;
    }
    if (!is_space(json.front())) take(json.substr(0, length));
    json.remove_prefix(length);
  }
}

std::string compacted(std::string_view json) {
  std::string out;
  for_each_token(json, [&](std::string_view token) { out += token; });
  return out;
}

// White space between any two tokens; the characters of a number or a literal stay together.
std::string spread_out(std::string_view json) {
  std::string out;
  for_each_token(json, [&](std::string_view token) {
    const bool is_structure = token.front() == '"' || std::string_view("{}[]:,").contains(token.front());
    if (is_structure) out += *rc::gen::element<std::string>("", " ", "\t", "\r\n", "\n\n    ");
    out += token;
    if (is_structure) out += *rc::gen::element<std::string>("", " ", "\t", "\n");
  });
  return out;
}

// The members of the text of an object, as they are written.
std::vector<std::string> members_of(std::string_view object) {
  std::vector<std::string> members;
  std::string member;
  int depth = 0;
  for_each_token(object, [&](std::string_view token) {
    if (token == "}" || token == "]") --depth;
    if ((depth == 1 && token == ",") || depth == 0) {
      if (!member.empty()) members.push_back(std::move(member));
      member.clear();
    } else {
      member += token;
    }
    if (token == "{" || token == "[") ++depth;
  });
  return members;
}

// With the members of the object and, two levels down, those of its objects in another order.
std::string shuffled(std::string_view object, int levels) {
  auto members = members_of(object);
  std::string out = "{";
  while (!members.empty()) {
    const auto pick = *rc::gen::inRange<std::size_t>(0, members.size());
    auto member = std::move(members[pick]);
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(pick));
    std::size_t name_length = 1;
    while (member[name_length] != '"') name_length += member[name_length] == '\\' ? 2U : 1U;
    const auto value = member.substr(name_length + 2);
    if (levels > 0 && value.starts_with('{') && !member.starts_with("\"x-")) {
      member = member.substr(0, name_length + 2) + shuffled(value, levels - 1);
    }
    out += member + (members.empty() ? "" : ",");
  }
  return out + "}";
}

std::string mutate_once(std::string text) {
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  const auto length = *rc::gen::inRange<std::size_t>(1, 12);
  const auto piece = *rc::gen::element<std::string>("\"", "\\", "{", "}", ",", ":", " ", "\n", "0", "1", "9", "-", "+",
                                                    ".", "e", "é", "\xff", "a", "null", "tcp", "\"a\": 1, ",
                                                    ", \"last\": 1", "\"port\": 1, ", "\x01", "\t");
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return text.replace(at, piece.size(), piece);
    case 1:
      return text.erase(at, length);
    case 2:
      return text.insert(at, text.substr(at, length * 8));
    default:
      return text.insert(at, piece);
  }
}

RC_GTEST_PROP(CodecProperty, WhatIsWrittenIsReadBack, ()) {
  const auto registry = *tests::any_registry();
  const auto read = parse_registry(format_registry(registry), "test");
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == registry);
}

RC_GTEST_PROP(CodecProperty, BothReadersReadWhatIsWritten, ()) {
  const auto registry = *tests::plain_registry();
  const auto text = format_registry(registry);
  const auto strictly = parse_strict_form(text);
  const auto generally = parse_generally(text);
  RC_ASSERT(strictly.has_value());
  RC_ASSERT(generally.has_value());
  RC_ASSERT(*strictly == registry);
  RC_ASSERT(*generally == registry);
}

RC_GTEST_PROP(CodecProperty, WritingAgainChangesNothing, ()) {
  const auto text = format_registry(*tests::any_registry());
  RC_ASSERT(format_registry(parse_registry(text, "test").value()) == text);
}

RC_GTEST_PROP(CodecProperty, TheStrictReaderNeverDisagrees, ()) {
  auto text = format_registry(*tests::plain_registry());
  const int edits = *rc::gen::inRange(1, 4);
  for (int edit = 0; edit < edits && !text.empty(); ++edit) text = mutate_once(std::move(text));
  const auto strictly = parse_strict_form(text);
  RC_ASSERT(find_in_strict_form(text, "web").has_value() == strictly.has_value());
  RC_ASSERT(index_strict_form(std::make_shared<const std::string>(text)).has_value() == strictly.has_value());
  if (!strictly) return;
  const auto generally = parse_generally(text);
  RC_ASSERT(generally.has_value());
  RC_ASSERT(*strictly == *generally);
  RC_ASSERT(format_registry(*strictly) == text);
}

RC_GTEST_PROP(CodecProperty, NoMutationIsReadAsSomethingThatCannotBeWritten, ()) {
  auto text = format_registry(*tests::any_registry());
  const int edits = *rc::gen::inRange(1, 4);
  for (int edit = 0; edit < edits && !text.empty(); ++edit) text = mutate_once(std::move(text));
  const auto read = parse_registry(text, "test");
  if (!read) {
    RC_ASSERT(read.error().code == ErrorCode::unreadable);
    return;
  }
  RC_ASSERT(parse_registry(format_registry(*read), "test").value() == *read);
}

RC_GTEST_PROP(CodecProperty, BothReadersFindWhatIsWritten, ()) {
  const auto registry = *tests::plain_registry();
  const auto text = format_registry(registry);
  auto service = *tests::plain_name();
  if (!registry.allocations().empty() && *rc::gen::arbitrary<bool>()) {
    const auto index = *rc::gen::inRange<std::size_t>(0, registry.allocations().size());
    service = std::next(registry.allocations().begin(), static_cast<std::ptrdiff_t>(index))->first;
  }
  const auto expected = entry_of(registry, service);
  const auto strictly = find_in_strict_form(text, service);
  const auto generally = find_entry(" " + text, service, "test");
  RC_ASSERT(strictly.has_value());
  RC_ASSERT(generally.has_value());
  RC_ASSERT(strictly->allocation == expected.allocation);
  RC_ASSERT(generally->allocation == expected.allocation);
  RC_ASSERT(strictly->owners_recorded == expected.owners_recorded);
  RC_ASSERT(generally->owners_recorded == expected.owners_recorded);
}

RC_GTEST_PROP(CodecProperty, EveryTornFileIsRefused, ()) {
  // Small ones: the work grows with the square of the length.
  const auto text = format_registry(*rc::gen::scale(0.1, tests::any_registry()));
  // Without the final newline alone it is still whole.
  for (std::size_t length = 0; length + 1 < text.size(); ++length) {
    RC_ASSERT(!parse_registry(std::string_view(text).substr(0, length), "test").has_value());
  }
}

RC_GTEST_PROP(CodecProperty, SpacingDoesNotMatter, ()) {
  const auto registry = *tests::any_registry();
  const auto text = format_registry(registry);
  RC_ASSERT(parse_registry(compacted(text), "test").value() == registry);
  RC_ASSERT(parse_registry(spread_out(text), "test").value() == registry);
}

RC_GTEST_PROP(CodecProperty, OrderDoesNotMatter, ()) {
  auto registry = *tests::plain_registry();
  RC_ASSERT(parse_registry(shuffled(format_registry(registry), 3), "test").value() == registry);
}

}  // namespace
}  // namespace berth::store
