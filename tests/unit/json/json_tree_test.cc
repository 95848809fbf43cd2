#include "json/json_tree.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace berth::json {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Type = JsonTree::Type;

TEST(JsonTree, KnowsTypesAndSources) {
  const std::string source = R"( {"n": null, "b": true, "d": -1.5e+3, "s": "x", "a": [1, 2], "o": {"k": []}} )";
  const auto tree = JsonTree::parse(source).value();
  std::vector<std::pair<Type, std::string>> members;
  for (const auto member : tree.root().children()) members.emplace_back(member.type(), member.source());
  EXPECT_THAT(members, ElementsAre(std::pair(Type::null, "null"), std::pair(Type::boolean, "true"),
                                   std::pair(Type::number, "-1.5e+3"), std::pair(Type::string, "\"x\""),
                                   std::pair(Type::array, "[1, 2]"), std::pair(Type::object, R"({"k": []})")));
}

TEST(JsonTree, KnowsPlaces) {
  const std::string source = "{\n \"a\" : [ 1,\t22 ]}";
  const auto tree = JsonTree::parse(source).value();
  const auto array = tree.root().find("a").value();
  EXPECT_EQ(array.offset(), 9U);
  std::vector<std::size_t> offsets;
  for (const auto element : array.children()) offsets.push_back(element.offset());
  EXPECT_THAT(offsets, ElementsAre(11U, 14U));
}

TEST(JsonTree, DecodesStringsAndNames) {
  const auto tree = JsonTree::parse(R"({"\u0061\"": "\ud83d\ude00\n"})").value();
  const auto value = tree.root().find("a\"").value();
  EXPECT_EQ(value.name(), "a\"");
  EXPECT_EQ(value.string(), "😀\n");
}

TEST(JsonTree, SurvivesBeingMoved) {
  auto tree = JsonTree::parse(R"({"a": "\u0062", "c": "\u0064"})").value();
  const auto moved = std::move(tree);
  EXPECT_EQ(moved.root().find("a")->string(), "b");
  EXPECT_EQ(moved.root().find("c")->string(), "d");
}

TEST(JsonTree, FindsNothingInWhatIsNoObject) {
  const std::string source = "[{\"a\":1}]";
  EXPECT_FALSE(JsonTree::parse(source)->root().find("a"));
}

TEST(JsonTree, EmptyContainersHaveNoChildren) {
  const auto tree = JsonTree::parse("[[],{},1]").value();
  int count = 0;
  for (const auto element : tree.root().children()) {
    for ([[maybe_unused]] const auto child : element.children()) ADD_FAILURE();
    ++count;
  }
  EXPECT_EQ(count, 3);
}

TEST(JsonTree, CompactsWithoutTouchingStrings) {
  const std::string source = "[ 1.0 ,\t{ \"a \\\" b\" :\n\" \\\\\" } , \"\\u0041\" ]";
  EXPECT_EQ(JsonTree::parse(source)->root().compact(), "[1.0,{\"a \\\" b\":\" \\\\\"},\"\\u0041\"]");
}

TEST(JsonTree, FaultsTellTheOffset) {
  const auto fault = JsonTree::parse("[1, 2,, 3]").error();
  EXPECT_EQ(fault.offset, 6U);
}

TEST(JsonTree, WhatIsNestedTooDeepIsAFault) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(JsonTree::parse(nested(JsonTree::deepest)));
  const auto fault = JsonTree::parse(nested(JsonTree::deepest + 1)).error();
  EXPECT_EQ(fault.offset, JsonTree::deepest);
  EXPECT_THAT(fault.message, testing::HasSubstr("nested"));
  EXPECT_FALSE(JsonTree::parse(std::string(std::size_t{8} << 20, '[')));
}

TEST(JsonTree, ADuplicateIsReportedWhereItStandsTheSecondTime) {
  const auto fault = JsonTree::parse(R"([{"a": 1, "b": 2, "a": 3}])").error();
  EXPECT_EQ(fault.offset, 23U);
  EXPECT_THAT(fault.message, HasSubstr("'a'"));
}

TEST(JsonTree, TheSameNameInDifferentObjectsIsNoDuplicate) {
  EXPECT_TRUE(JsonTree::parse(R"({"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]})"));
}

}  // namespace
}  // namespace berth::json
