#include "discover/yaml_tree.h"

#include <gmock/gmock.h>

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Type = YamlTree::Type;
using Tag = YamlTree::Tag;

YamlTree parsed(const std::string& text) {
  auto tree = YamlTree::parse(text);
  if (!tree) throw std::runtime_error(tree.error().message);
  return std::move(*tree);
}
// Of the root: the text of each member.
std::vector<std::string> texts(const YamlTree& tree, const std::string& of) {
  std::vector<std::string> all;
  for (const auto& member : tree.documents().at(0).find(of)->members())
    all.push_back(std::string(member.key) + "=" + std::string(member.value.text()));
  return all;
}

TEST(YamlTree, KnowsItsLines) {
  const auto tree = parsed("a:\n  b: 1\n\n  c: [x,\n    y]\n");
  const auto a = *tree.documents().at(0).find("a");
  EXPECT_EQ(a.find("b")->line(), 2U);
  EXPECT_EQ(a.find("c")->line(), 4U);
  EXPECT_EQ(a.find("c")->elements().at(1).line(), 5U);
  EXPECT_EQ(a.members().at(1).line, 4U);
}
TEST(YamlTree, ScalarsAreTheirText) {
  const auto tree = parsed("[22:22, 0777, \"0777\", yes, ~, null, 'it''s', 1_000, !!str 7]");
  const auto root = tree.documents().at(0).elements();
  std::vector<std::string> all;
  for (const auto& element : root) all.emplace_back(element.text());
  EXPECT_THAT(all, ElementsAre("22:22", "0777", "0777", "yes", "", "", "it's", "1_000", "7"));
  EXPECT_TRUE(root[1].plain());
  EXPECT_FALSE(root[2].plain());
  EXPECT_TRUE(root[4].is(Type::null));
}
TEST(YamlTree, TagsOfCompose) {
  const auto tree = parsed("a: !reset null\nb: !override [x]\nc: !other {}\nd: !reset\n");
  const auto root = tree.documents().at(0);
  EXPECT_EQ(root.find("a")->tag(), Tag::reset);
  EXPECT_EQ(root.find("b")->tag(), Tag::replace);
  EXPECT_EQ(root.find("b")->elements().size(), 1U);
  EXPECT_EQ(root.find("c")->tag(), Tag::none);
  EXPECT_EQ(root.find("d")->tag(), Tag::reset);
}
TEST(YamlTree, AnAliasIsWhatItStandsFor) {
  const auto tree = parsed("a: &x [1, 2]\nb: *x\n");
  const auto b = *tree.documents().at(0).find("b");
  EXPECT_EQ(b.elements().size(), 2U);
  EXPECT_EQ(b.line(), 1U);
}
TEST(YamlTree, AnAnchorInItselfHasAnEnd) {
  const auto tree = parsed("a: &x [*x, 1]\nb: &y\n  <<: *y\n  c: 1\n");
  EXPECT_EQ(tree.documents().at(0).find("a")->elements().at(0).elements().size(), 2U);
  EXPECT_THAT(texts(tree, "b"), ElementsAre("c=1"));
}
TEST(YamlTree, MergesTheStrongerFirst) {
  const auto tree = parsed(
      "a: &a {k: a, l: a}\nb: &b {<<: *a, l: b, m: b}\nc: {<<: [*b, *a], m: c}\nd: {<<: {k: d}}\ne: {\"<<\": e}\n");
  EXPECT_THAT(texts(tree, "c"), ElementsAre("m=c", "l=b", "k=a"));
  EXPECT_THAT(texts(tree, "d"), ElementsAre("k=d"));
  EXPECT_THAT(texts(tree, "e"), ElementsAre("<<=e"));
  EXPECT_EQ(tree.documents().at(0).find("c")->find("l")->text(), "b");
  EXPECT_THAT(tree.broken_merges(), IsEmpty());
}
TEST(YamlTree, WhatCannotBeMergedIsSaid) {
  const auto tree = parsed("a: &a [x]\nb:\n  <<: *a\n  c: 1\n");
  ASSERT_EQ(tree.broken_merges().size(), 1U);
  EXPECT_EQ(tree.broken_merges()[0].line, 3U);
  EXPECT_THAT(texts(tree, "b"), ElementsAre("c=1"));
}
TEST(YamlTree, AKeyThatIsThereTwice) {
  const auto tree = parsed("a: {b: 1, b: 2}\n");
  EXPECT_THAT(texts(tree, "a"), ElementsAre("b=1", "b=2"));
  EXPECT_EQ(tree.documents().at(0).find("a")->find("b")->text(), "2");
}
TEST(YamlTree, TakesWindowsTexts) {
  const auto tree = parsed(
      "\xEF\xBB\xBF"
      "a:\r\n  b: 1\r\n");
  EXPECT_THAT(texts(tree, "a"), ElementsAre("b=1"));
}
TEST(YamlTree, TakesSeveralDocumentsOrNone) {
  EXPECT_EQ(parsed("a: 1\n---\nb: 2\n").documents().size(), 2U);
  EXPECT_THAT(parsed("").documents(), IsEmpty());
  EXPECT_THAT(parsed("# nothing\n").documents(), IsEmpty());
}

class BrokenYaml : public testing::TestWithParam<std::pair<std::string, unsigned>> {};
TEST_P(BrokenYaml, SaysWhere) {
  const auto tree = YamlTree::parse(GetParam().first);
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().line, GetParam().second) << tree.error().message;
}
INSTANTIATE_TEST_SUITE_P(Texts, BrokenYaml,
                         testing::Values(std::pair{"a: 1\nb: [1, 2\n", 2U}, std::pair{"a: 1\n b: 2\n", 2U},
                                         std::pair{"a:\n\tb: 1\n", 2U}, std::pair{"a: *none\n", 1U},
                                         std::pair{"a:\n  - \"open\n\n", 2U}, std::pair{"a: 1\n\x04\nb: 2\n", 2U},
                                         std::pair{"a: 1\n}\n", 2U}, std::pair{"a: 1\nb", 2U},
                                         std::pair{"a: 1\rb: [\r", 2U}, std::pair{"a: [", 1U}));
TEST(BrokenYaml, ANul) { EXPECT_FALSE(YamlTree::parse(std::string("a: 1\n\0b: 2", 11))); }

std::string repeated(const std::string& text, unsigned times) {
  std::string all;
  for (unsigned time = 0; time < times; ++time) all += text;
  return all;
}
TEST(HostileYaml, Nested) {
  EXPECT_TRUE(YamlTree::parse(repeated("- ", YamlTree::deepest) + "x"));
  for (const auto* open : {"[", "{", "- ", "? ", "{? ", "[{a: "}) {
    const auto tree = YamlTree::parse(repeated(open, 150'000));
    ASSERT_FALSE(tree);
    EXPECT_THAT(tree.error().message, testing::AnyOf("nested too deep", "too many values"));
  }
}
TEST(HostileYaml, ABombOfAliasesCostsNothing) {
  std::string text = "a0: &a0 [x]\n";
  for (int level = 1; level < 60; ++level) {
    const auto below = "*a" + std::to_string(level - 1);
    text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + repeated(below + ",", 9) + "]\n";
  }
  EXPECT_EQ(parsed(text).documents().at(0).find("a59")->elements().size(), 9U);
}
TEST(HostileYaml, ABombOfMergesIsLeftAlone) {
  std::string text = "a0: &a0 {k: v}\n";
  for (int level = 1; level < 60; ++level) {
    const auto below = "*a" + std::to_string(level - 1);
    text +=
        "a" + std::to_string(level) + ": &a" + std::to_string(level) + " {<<: [" + repeated(below + ",", 9) + "]}\n";
  }
  const auto tree = parsed(text);
  const auto top = *tree.documents().at(0).find("a59");
  EXPECT_EQ(top.find("k")->text(), "v");
  EXPECT_FALSE(tree.gave_up());
  for (int again = 0; again < 3000 && !tree.gave_up(); ++again) top.find("k");
  EXPECT_TRUE(tree.gave_up());
}

}  // namespace
}  // namespace berth::discover
