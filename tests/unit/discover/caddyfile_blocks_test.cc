#include "discover/caddyfile_blocks.h"

#include <gmock/gmock.h>

#include "unit/discover/memory_tree.h"

namespace berth::discover {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto path = "/etc/caddy/Caddyfile";

std::string joined(const std::vector<CaddyToken>& tokens, const std::string& between) {
  std::string text;
  for (const auto& token : tokens) text += (text.empty() ? "" : between) + token.text;
  return text;
}

// "KEY,KEY: DIRECTIVE; DIRECTIVE" for each block.
std::vector<std::string> blocks(const CaddyfileBlocks& caddyfile) {
  std::vector<std::string> lines;
  for (const auto& block : caddyfile.blocks) {
    auto line = joined(block.keys, ",") + ":";
    for (const auto& segment : block.segments) line += (line.ends_with(':') ? " " : "; ") + joined(segment, " ");
    lines.push_back(line);
  }
  return lines;
}
std::vector<std::string> blocks(const std::string& text) {
  return blocks(read_caddyfile(tests::MemoryTree({{path, text}}), path));
}
CaddyfileBlocks read(std::map<std::string, std::string> files) {
  return read_caddyfile(tests::MemoryTree(std::move(files)), path);
}

std::string first_problem(const CaddyfileBlocks& caddyfile) {
  if (caddyfile.problems.empty()) return "";
  const auto& problem = caddyfile.problems.front();
  return problem.file + ":" + std::to_string(problem.line) + ": " + problem.message;
}

TEST(CaddyfileBlocks, HaveAddressesAndDirectives) {
  EXPECT_THAT(blocks("{\n debug\n}\na b, c,\nd {\n tls internal\n handle {\n  respond }\n}\n"), testing::SizeIs(2));
  EXPECT_THAT(blocks("{\n debug\n}\na b, c,\nd {\n tls internal\n handle /x {\n  respond\n }\n}\n"),
              ElementsAre(": debug", "a,b,c,d: tls internal; handle /x { respond }"));
}

TEST(CaddyfileBlocks, OneSiteNeedsNoBraces) {
  EXPECT_THAT(blocks(":80\nrespond hi\nhandle {\n respond\n}\n"), ElementsAre(":80: respond hi; handle { respond }"));
  EXPECT_THAT(blocks("a.example"), ElementsAre("a.example:"));
  EXPECT_THAT(blocks("a.example\n{\n respond\n}"), ElementsAre("a.example: respond"));
}

TEST(CaddyfileBlocks, SnippetsAreImportedWithArguments) {
  EXPECT_THAT(blocks("(s) {\n bind {args[0]} {args.1}\n}\n:80 {\n import s 1.2.3.4 ::1\n tls\n}\n"),
              ElementsAre(":80: bind 1.2.3.4 ::1; tls"));
}

TEST(CaddyfileBlocks, AWordMayStandForSeveralArguments) {
  EXPECT_THAT(blocks("(s) {\n bind {args[:]}\n tls {args[1:2]}\n}\n:80 {\n import s a b c\n}\n"),
              ElementsAre(":80: bind a b c; tls b"));
}

TEST(CaddyfileBlocks, ArgumentsThatAreNotThereStay) {
  EXPECT_THAT(blocks("(s) {\n bind {args[3]}\n}\n:80 {\n import s a\n}\n"), ElementsAre(":80: bind {args[3]}"));
}

TEST(CaddyfileBlocks, SnippetsCanBeWholeSites) {
  EXPECT_THAT(blocks("(site) {\n {args[0]}.example {\n  respond\n }\n}\nimport site a\nimport site b\n"),
              ElementsAre("a.example: respond", "b.example: respond"));
}

TEST(CaddyfileBlocks, ASnippetTakesTheBlockOfItsImport) {
  EXPECT_THAT(
      blocks("(s) {\n handle {\n  {block}\n }\n {blocks.x}\n}\n:80 {\n import s {\n  x {\n   bind ::1\n  }\n }\n}\n"),
      ElementsAre(":80: handle { x { bind ::1 } }; bind ::1"));
}

TEST(CaddyfileBlocks, NamedRoutesAreNoSites) {
  EXPECT_THAT(blocks("&(route) {\n respond\n}\n:80 {\n invoke route\n}\n"), ElementsAre(":80: invoke route"));
}

TEST(CaddyfileBlocks, FilesAreImportedFromWhereTheImportIs) {
  const auto caddyfile = read({{path, "import sites/*\n:80 {\n import common.conf\n}\n"},
                               {"/etc/caddy/sites/a", "a.example {\n import ../common.conf\n}"},
                               {"/etc/caddy/sites/b", "b.example {\n}\n"},
                               {"/etc/caddy/sites/.hidden", "hidden.example {\n}\n"},
                               {"/etc/caddy/common.conf", "bind ::1"}});
  EXPECT_THAT(blocks(caddyfile), ElementsAre("a.example: bind ::1", "b.example:", ":80: bind ::1"));
  EXPECT_THAT(caddyfile.problems, IsEmpty());
  EXPECT_EQ(caddyfile.files[caddyfile.blocks[1].keys[0].file], "/etc/caddy/sites/b");
}

TEST(CaddyfileBlocks, AnImportThatFailsIsAProblemOfItsLine) {
  const auto caddyfile = read({{path, ":80 {\n import nothing\n bind ::1\n}\n"}});
  EXPECT_EQ(first_problem(caddyfile), "/etc/caddy/Caddyfile:2: import /etc/caddy/nothing: no such file");
  EXPECT_THAT(blocks(caddyfile), ElementsAre(":80: bind ::1"));
}

TEST(CaddyfileBlocks, APatternMayMatchNothing) {
  EXPECT_THAT(read({{path, "import sites/*\n:80 {\n}\n"}}).problems, IsEmpty());
}

TEST(CaddyfileBlocks, AnImportOfAVariableIsAProblem) {
  EXPECT_THAT(first_problem(read({{path, ":80\nimport {$DIR}/x\n"}})),
              HasSubstr(":2: import {$DIR}/x: the variable DIR"));
}

TEST(CaddyfileBlocks, ALoopOfImportsEnds) {
  const auto self = read({{path, ":80 {\n import Caddyfile\n}\n"}});
  EXPECT_THAT(first_problem(self), testing::AnyOf(HasSubstr("nest too deeply"), HasSubstr("is no address")));
  const auto caddyfile = read({{path, "(a) {\n import b\n}\n(b) {\n import a\n}\n:80 {\n import a\n bind ::1\n}\n"}});
  EXPECT_THAT(first_problem(caddyfile), HasSubstr("imports nest too deeply at"));
  EXPECT_THAT(blocks(caddyfile), ElementsAre(":80: bind ::1"));
}

TEST(CaddyfileBlocks, ImportsThatGrowAreStopped) {
  std::string doubling = "(s0) {\n respond x\n}\n";
  std::string lengthening = "(s0) {\n respond {args[0]}\n}\n";
  for (int level = 1; level < 30; ++level) {
    const auto head = "(s" + std::to_string(level) + ") {\n import s" + std::to_string(level - 1);
    doubling += head + "\n import s" + std::to_string(level - 1) + "\n}\n";
    lengthening += head + " {args[0]}{args[0]}\n}\n";
  }
  EXPECT_THAT(first_problem(read({{path, doubling + ":80 {\n import s29\n}\n"}})), HasSubstr("too many words"));
  EXPECT_THAT(first_problem(read({{path, lengthening + ":80 {\n import s29 aa\n}\n"}})), HasSubstr("too many words"));
}

TEST(CaddyfileBlocks, FilesThatAreImportedAgainAndAgainAreStopped) {
  std::string text;
  for (int import = 0; import < 2000; ++import) text += "import sites/*\n";
  EXPECT_THAT(first_problem(read({{path, text}})), HasSubstr("too many imports"));
  EXPECT_THAT(first_problem(read({{path, text}, {"/etc/caddy/sites/a", std::string(1 << 20, '#')}})),
              HasSubstr("too many words"));
}

TEST(CaddyfileBlocks, VariablesInTheirOwnLinesAreHoles) {
  const auto caddyfile = read({{path, "{\n debug\n}\n{$EXTRA}\n\na.example {\n}\n"}});
  EXPECT_THAT(blocks(caddyfile), ElementsAre(": debug", "a.example:"));
  EXPECT_EQ(joined(caddyfile.holes, ","), "{$EXTRA}");
}

TEST(CaddyfileBlocks, AVariableAboveDirectivesIsTheAddressOfTheOnlySite) {
  EXPECT_THAT(blocks("{$DOMAIN}\nrespond hi\n"), ElementsAre("{$DOMAIN}: respond hi"));
}

TEST(CaddyfileBlocks, WhatIsBrokenIsSaidAndWhatIsBeforeIsKept) {
  struct Case {
    std::string text;
    std::string problem;
  };
  for (const auto& [text, problem] : std::vector<Case>{
           {"{\n}\n:80 {\n bind ::1\n", ":3: the block is never closed"},
           {":80 {\n handle {\n bind ::1\n", ":2: the block of 'handle' is never closed"},
           {":80 {\n}\n}\n", ":3: '}' is no address"},
           {":80{\n}\n", ":1: ':80{' is no address"},
           {":80,", ":1: an address is missing"},
           {"(s)\n", ":1: '(s)' has no block"},
           {":80 {\n import\n}\n", ":2: import of nothing"},
       }) {
    EXPECT_THAT(first_problem(read({{path, text}})), HasSubstr(path + problem)) << text;
  }
}

TEST(CaddyfileBlocks, AFileThatIsNotThereIsAProblem) {
  EXPECT_EQ(first_problem(read({})), "/etc/caddy/Caddyfile:0: no such file");
  tests::MemoryTree tree({{path, std::string()}});
  tree.refuse(path, "permission denied");
  EXPECT_EQ(first_problem(read_caddyfile(tree, path)), "/etc/caddy/Caddyfile:0: permission denied");
}

RC_GTEST_PROP(CaddyfileBlocksProperty, EndOnAnyText, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
      std::vector<std::string>{"{ ", "} ", "\n", "import ", "(a) ", "a ", "&(r) ", "{block} ", "{blocks.a} ",
                               "{args[0]} ", "{args[:]} ", ", ", "Caddyfile ", "{$V} ", "\"", ":80 "}));
  std::string text;
  for (const auto& piece : pieces) text += piece;
  const auto caddyfile = read({{path, text}});
  RC_ASSERT(caddyfile.problems.size() <= 200U);
}

}  // namespace
}  // namespace berth::discover
