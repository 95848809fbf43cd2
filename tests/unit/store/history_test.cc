#include "store/history.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "contract/mutations.h"
#include "json/json_tree.h"

namespace berth::store {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

Commit make_commit(std::uint64_t revision, const std::string& service = "web") {
  return {revision,
          "2026-11-22T18:00:00Z",
          {"root", "register " + service + " 8080"},
          {{.before = {}, .after = tests::make_allocation(service, 8080)}}};
}

std::string line(std::uint64_t revision, const std::string& service = "web") {
  return format_commit(make_commit(revision, service));
}

std::vector<std::uint64_t> revisions(std::string_view text, std::uint64_t latest, std::string_view service = "") {
  std::vector<std::uint64_t> found;
  for (const auto& commit : read_commits(text, latest, service)) found.push_back(commit.revision);
  return found;
}

TEST(HistoryPath, StandsBesideTheRegistry) {
  EXPECT_EQ(history_path("/opt/port_allocation.json"), "/opt/port_allocation.history.jsonl");
  EXPECT_EQ(history_path("/opt/ports"), "/opt/ports.history.jsonl");
}

TEST(FormatCommit, IsOneLineOfTheDocumentedForm) {
  Commit commit = make_commit(43);
  commit.records[0].choice = Choice::moved;
  commit.records[0].skipped = {{{8080, 8080}, Verdict::held, {{Source::socket, "held by nginx (pid 812)"}}}};
  EXPECT_EQ(format_commit(commit),
            R"({"revision": 43, "time": "2026-11-22T18:00:00Z", "user": "root", "command": "register web 8080", )"
            R"("changes": [{"service": "web", "before": null, "after": {"port": 8080, "protocol": "tcp", )"
            R"("kind": "flexible", "preferred": 8080, "since": "2026-11-22T18:00:00Z"}, "decision": "moved", )"
            R"("skipped": [{"port": 8080, "last": null, "verdict": "held", )"
            R"x("evidence": [{"source": "socket", "what": "held by nginx (pid 812)"}]}]}]})x"
            "\n");
}

TEST(FormatCommit, IsValidJsonWhateverTheNamesAre) {
  auto commit = make_commit(1, "x\"y\n\xff\\");
  commit.author = {"r\xfft", "register \"\x1b[2J\""};
  commit.records[0].skipped = {{{1, 9}, std::nullopt, {{Source::container, "\xc3\x28\n"}}}};
  const auto text = format_commit(commit);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_TRUE(json::JsonTree::parse(text));
}

TEST(ParseCommit, ReadsWhatIsWritten) {
  auto commit = make_commit(7);
  commit.records.push_back({.before = tests::make_allocation("old", 1), .after = {}});
  commit.records[0].choice = Choice::kept;
  commit.records[0].skipped = {{{1, 9}, std::nullopt, {{Source::browser, "refused"}}},
                               {{10, 10}, Verdict::unknown, {}}};
  const auto read = parse_commit(format_commit(commit));
  ASSERT_TRUE(read);
  EXPECT_EQ(format_commit(*read), format_commit(commit));
  EXPECT_EQ(read->records[0].skipped, commit.records[0].skipped);
  EXPECT_EQ(read->records[1].before, commit.records[1].before);
  EXPECT_EQ(read->records[1].after, std::nullopt);
}

TEST(ParseCommit, RefusesWhatIsNoCommit) {
  for (const auto* const text :
       {"", "{", "[]", "7", "{}", R"({"revision":1})", R"({"revision":1,"changes":{}})",
        R"({"revision":"1","changes":[]})", R"({"revision":1,"changes":[{}]})",
        R"({"revision":1,"changes":[{"service":"a","before":null,"after":null}]})",
        R"({"revision":1,"changes":[{"service":"a","before":null,"after":{"port":0}}]})",
        R"({"revision":1,"changes":[{"service":"a","after":{"port":1},"skipped":[{"port":"x"}]}]})",
        R"({"revision":1,"changes":[{"service":"a","after":{"port":1},"skipped":[{"port":2,"last":1}]}]})"}) {
    EXPECT_FALSE(parse_commit(text)) << text;
  }
}

TEST(ParseCommit, LeavesOutTheWordsOfALaterVersion) {
  const auto commit = parse_commit(
      R"({"revision":1,"changes":[{"service":"a","before":null,"after":{"port":1},"decision":"swapped","why":[],)"
      R"("skipped":[{"port":8,"last":null,"verdict":"leased","evidence":[{"source":"cluster","what":"x"}]}]}]})");
  ASSERT_TRUE(commit);
  EXPECT_EQ(commit->records[0].choice, std::nullopt);
  EXPECT_THAT(commit->records[0].skipped, ElementsAre(Skip{{8, 8}, std::nullopt, {}}));
}

TEST(ReadCommits, GivesThemOldestFirst) {
  EXPECT_THAT(revisions(line(1) + line(2) + line(3), 3), ElementsAre(1, 2, 3));
}

TEST(ReadCommits, LeavesOutWhatIsNewerThanTheRegistry) { EXPECT_THAT(revisions(line(1) + line(2), 1), ElementsAre(1)); }

TEST(ReadCommits, LeavesOutATornEnd) {
  EXPECT_THAT(revisions(line(1) + line(2).substr(0, 40), 2), ElementsAre(1));
  // Even one that lacks nothing but its newline: it was never durable.
  EXPECT_THAT(revisions(line(1) + line(2).substr(0, line(2).size() - 1), 2), ElementsAre(1));
}

TEST(ReadCommits, SkipsALineThatCannotBeRead) {
  EXPECT_THAT(revisions(line(1) + "garbage\n\n" + std::string(20, '\0') + "\n" + line(2), 2), ElementsAre(1, 2));
}

TEST(ReadCommits, OfOneService) {
  const auto text = line(1, "a") + line(2, "b") + line(3, "a") + line(4, "ab") + line(5, "\"a\"");
  EXPECT_THAT(revisions(text, 9, "a"), ElementsAre(1, 3));
  EXPECT_THAT(revisions(text, 9, "\"a\""), ElementsAre(5));
  EXPECT_THAT(revisions(text, 9, "c"), IsEmpty());
}

TEST(ReadCommits, AServiceThatIsOnlyMentionedIsNotConcerned) {
  auto commit = make_commit(1, "b");
  commit.author.command = "a";
  EXPECT_THAT(revisions(format_commit(commit), 1, "a"), IsEmpty());
}

// The registry was removed, or an older copy put back.
TEST(ReadCommits, TheLaterLineOfARevisionCountsWithWhatFollows) {
  const auto text = line(1, "a") + line(2, "b") + line(3, "c") + line(2, "d");
  const auto commits = read_commits(text, 2, "");
  ASSERT_EQ(commits.size(), 2U);
  EXPECT_EQ(commits[0].records[0].service(), "a");
  EXPECT_EQ(commits[1].records[0].service(), "d");
  EXPECT_THAT(revisions(text, 2, "b"), IsEmpty());
}

TEST(ReadCommits, TakesLinesThatAPersonFormatted) {
  EXPECT_THAT(revisions(R"({"changes":[{"service":"a","after":{"port":1},"before":null}],"revision":1})"
                        "\n" +
                            line(2, "b"),
                        2, "a"),
              ElementsAre(1));
}

TEST(RemnantLength, OfAWholeHistoryIsNothing) {
  EXPECT_EQ(remnant_length("", true, 0), 0U);
  EXPECT_EQ(remnant_length(line(1) + line(2), true, 2), 0U);
  EXPECT_EQ(remnant_length(line(2), false, 2), std::nullopt);
  EXPECT_EQ(remnant_length("\n" + line(2), false, 2), 0U);
}

TEST(RemnantLength, IsATornLine) {
  EXPECT_EQ(remnant_length("{\"rev", true, 0), 5U);
  EXPECT_EQ(remnant_length(line(1) + "{\"rev", true, 1), 5U);
  EXPECT_EQ(remnant_length(line(1) + line(2) + "{\"rev", true, 2), 5U);
  EXPECT_EQ(remnant_length("{\"rev", false, 1), std::nullopt);
}

TEST(RemnantLength, IsALineWithoutACommit) {
  EXPECT_EQ(remnant_length(line(1), true, 0), line(1).size());
  EXPECT_EQ(remnant_length(line(1) + line(2), true, 1), line(2).size());
}

TEST(RemnantLength, IsNotWhatARemovedRegistryLeftBehind) {
  EXPECT_EQ(remnant_length(line(1) + line(2) + line(3), true, 0), 0U);
}

TEST(RemnantLength, IsNotALineThatCannotBeRead) { EXPECT_EQ(remnant_length(line(1) + "garbage\n", true, 1), 0U); }

}  // namespace
}  // namespace berth::store
