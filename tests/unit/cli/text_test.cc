// What a person reads: tables, sentences, and the one table of commands.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/commit.h"
#include "cli/port_report.h"
#include "cli/table.h"
#include "unit/core/written.h"

namespace berth::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::allocation;
using tests::endpoint;
using tests::listener;

constexpr auto control_characters = "[\x01-\x09\x0b-\x1f\x7f]";

// The tests' stdout may be a terminal; what has no colour is not painted there either.
std::string rendered(const std::vector<Table::Cell>& cells) {
  Table table({"", ""});
  for (const auto& cell : cells) table << cell;
  auto text = table.render(Output(), Stream::answer);
  return text.substr(text.find('\n') + 1);
}

TEST(Table, AlignsItsColumns) { EXPECT_EQ(rendered({{"a"}, {"1"}, {"long"}, {"2"}}), "a     1\nlong  2\n"); }

TEST(Table, PutsNumbersToTheRight) {
  using enum Colour;
  EXPECT_EQ(rendered({{"8", none, true}, {"x"}, {"8080", none, true}, {"y"}}), "   8  x\n8080  y\n");
  EXPECT_EQ(rendered({{"x"}, {"8", none, true}, {"y"}, {"8080", none, true}}), "x     8\ny  8080\n");
}

TEST(Table, CountsCharactersNotBytes) { EXPECT_EQ(rendered({{"äöü"}, {"1"}, {"abcd"}, {"2"}}), "äöü   1\nabcd  2\n"); }

TEST(Table, HasNoBlanksAtTheEndOfALine) { EXPECT_EQ(rendered({{"a"}, {""}, {"b"}, {"x"}, {""}, {""}}), "a\nb  x\n\n"); }

TEST(Table, WithoutRowsIsItsHeading) {
  EXPECT_THAT(Table({"SERVICE", "PORT"}).render(Output(), Stream::answer), HasSubstr("PORT"));
}

TEST(RecordLine, SaysWhatHappened) {
  EXPECT_EQ(line_of({std::nullopt, allocation("web", "8080")}), "web: 8080/tcp flexible");
  EXPECT_EQ(line_of({std::nullopt, tests::moved("web", "8081", 8080), Choice::moved}),
            "web: 8081/tcp flexible, instead of 8080");
  EXPECT_EQ(line_of({allocation("web", "8080"), std::nullopt}), "web: released 8080/tcp flexible");
  EXPECT_EQ(line_of({allocation("web", "8080"), allocation("web", "9000", Kind::fixed)}),
            "web: 8080/tcp flexible -> 9000/tcp fixed");
}

TEST(RecordLine, EscapesNames) {
  EXPECT_THAT(line_of({std::nullopt, allocation("a\x1b[2J", "80")}), Not(testing::ContainsRegex(control_characters)));
}

app::PortReport held_by(const Holder& holder) {
  app::PortReport report{.endpoint = holder.endpoint, .verdict = Verdict::held};
  report.holders = {holder};
  report.evidence = {{Source::socket, "held by " + describe(holder)}};
  return report;
}

TEST(Sentence, SaysTheVerdictOnce) {
  EXPECT_EQ(sentence_of({.endpoint = endpoint("8080")}), "8080/tcp is free");
  EXPECT_EQ(sentence_of(held_by(listener("8080"))), "8080/tcp is held by nginx (pid 812, unit nginx.service, *)");
  app::PortReport unknown{.endpoint = endpoint("80"), .verdict = Verdict::unknown};
  unknown.evidence = {{Source::socket, "only root may"}};
  EXPECT_EQ(sentence_of(unknown), "80/tcp is unknown: only root may");
}

TEST(Sentence, IsNotEndless) {
  auto report = held_by(listener("8080"));
  for (int count = 0; count < 50; ++count) report.evidence.push_back({Source::socket, "held by somebody"});
  EXPECT_THAT(sentence_of(report), testing::EndsWith(", and 48 more"));
}

TEST(FindingsText, SaysHowFarAHolderCanBeReachedFrom) {
  struct Case {
    const char* spec;
    const char* expected;
  };
  for (const auto& [spec, expected] : {
           Case{"127.0.0.1:80", "reachable from this machine alone"},
           Case{"[::1]:80", "reachable from this machine alone"},
           Case{"10.0.0.7:80", "reachable on one address"},
           Case{"0.0.0.0:80", "reachable on every address"},
           Case{"[::]:80", "reachable on every address"},
           Case{"[::!]:80", "reachable on every IPv6 address"},
       }) {
    EXPECT_THAT(text_of(held_by(listener(spec)), Output()), HasSubstr(expected)) << spec;
  }
  EXPECT_THAT(text_of(held_by(tests::connection("10.0.0.7:80")), Output()), Not(HasSubstr("reachable")));
}

TEST(FindingsText, EscapesWhatComesFromOutside) {
  auto evil = listener("80", "\x1b[2J");
  evil.user = "\x07";
  evil.exe = "/tmp/a\rb";
  auto report = held_by(evil);
  report.verdict = Verdict::free;  // not painted in a colour of its own on a terminal
  report.allocations = {allocation("a\x1b]0;x", "80")};
  report.blind_spots = {{"socket", "\x1b[31m"}};
  EXPECT_THAT(sentence_of(held_by(evil)), Not(testing::ContainsRegex(control_characters)));
  auto text = text_of(report, Output());
  text.erase(0, text.find('\n'));
  EXPECT_THAT(text, Not(testing::ContainsRegex(control_characters)));
}

TEST(Commands, CanBeFoundByName) {
  for (const auto& command : commands()) EXPECT_EQ(find_command(command.name), &command);
  for (const auto* name : {"", "regist", "REGISTER", "register "}) EXPECT_EQ(find_command(name), nullptr);
}

TEST(Commands, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const auto& command : commands()) EXPECT_TRUE(names.insert(command.name).second) << command.name;
}

TEST(Commands, HaveAHelpThatFitsAScreen) {
  for (const auto& command : commands()) {
    EXPECT_FALSE(command.summary.empty()) << command.name;
    EXPECT_NE(command.run, nullptr) << command.name;
    EXPECT_LE(command.least_words, command.most_words) << command.name;
    for (std::string_view rest = command.details; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      EXPECT_LE(line.size(), 100U) << line;
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
  }
}

TEST(Commands, HaveOptionsOfTheirOwnAndInCommonThatDiffer) {
  for (const auto& command : commands()) {
    std::set<std::string_view> names;
    for (const auto options : {command.options, common_options()}) {
      for (const auto& option : options) {
        EXPECT_TRUE(names.insert(option.name).second) << command.name << " " << option.name;
        EXPECT_TRUE(option.name.starts_with("--") && !option.help.empty());
      }
    }
  }
}

TEST(Overview, NamesEveryCommandAndOption) {
  const auto text = overview();
  for (const auto& command : commands()) EXPECT_THAT(text, HasSubstr("berth " + std::string(command.name)));
  for (const auto& option : common_options()) EXPECT_THAT(text, HasSubstr(std::string(option.name)));
}

TEST(UnknownCommand, IsGuessed) {
  EXPECT_EQ(unknown_command("regsiter").hint, "did you mean berth register?");
  EXPECT_EQ(unknown_command("frobnicate").hint, "berth help lists the commands");
  EXPECT_THAT(unknown_command("\x1b[2J").message, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace berth::cli
