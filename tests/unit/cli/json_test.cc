#include "cli/json.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "cli/commit.h"
#include "cli/decision.h"
#include "cli/port_report.h"
#include "unit/core/written.h"

namespace berth::cli {
namespace {

using testing::HasSubstr;
using tests::allocation;
using tests::endpoint;
using tests::listener;

// What `write` writes as the value of "it".
template <typename Write, typename Value>
std::string written(Write write, const Value& value) {
  Json json;
  json.key("it");
  write(json, value);
  auto text = json.take();
  const std::string start = R"({"schema":1,"it":)";
  EXPECT_TRUE(text.starts_with(start));
  return text.substr(start.size(), text.size() - start.size() - 1);
}

TEST(Json, CarriesTheVersionOfItsSchema) { EXPECT_EQ(Json().take(), R"({"schema":1})"); }

TEST(Json, PutsCommasBetweenAndNowhereElse) {
  Json json;
  json.key("a").begin_array().end_array();
  json.key("b").begin_array().value("x").value(std::uint64_t{7}).value(true).null().end_array();
  json.key("c").begin_object().end_object();
  json.key("d").begin_object().key("e").null().key("f").value(false).end_object();
  EXPECT_EQ(json.take(), R"({"schema":1,"a":[],"b":["x",7,true,null],"c":{},"d":{"e":null,"f":false}})");
}

TEST(Json, EscapesTexts) {
  Json json;
  json.key("x\"y").value("a\n\x1b");
  EXPECT_EQ(json.take(), R"({"schema":1,"x\"y":"a\n\u001b"})");
}

TEST(Json, WhatIsNotKnownIsNull) {
  Json json;
  json.key("a").text_or_null("").key("b").text_or_null("x");
  EXPECT_EQ(json.take(), R"({"schema":1,"a":null,"b":"x"})");
}

TEST(JsonEndpoint, HasALastPortOnlyIfItIsARange) {
  EXPECT_EQ(written(write_endpoint, endpoint("127.0.0.1:53/tcp+udp")),
            R"({"address":"127.0.0.1","port":53,"last":null,"protocol":"tcp+udp"})");
  EXPECT_EQ(written(write_endpoint, endpoint("10000-10100/udp")),
            R"({"address":"*","port":10000,"last":10100,"protocol":"udp"})");
}

TEST(JsonAllocation, HasAllThatIsKnown) {
  auto web = tests::owned(tests::moved("web", "8081", 8080), tests::unit("web.service"));
  EXPECT_EQ(written(write_allocation, web),
            R"({"service":"web","address":"*","port":8081,"last":null,"protocol":"tcp","kind":"flexible",)"
            R"("preferred":8080,"since":"2026-11-01T00:00:00Z","owner":{"unit":"web.service"}})");
}

TEST(JsonAllocation, SaysWhatIsNotKnown) {
  EXPECT_EQ(written(write_allocation, tests::taken_over("", "80", Kind::fixed)),
            R"({"service":"","address":"*","port":80,"last":null,"protocol":"tcp","kind":"fixed",)"
            R"("preferred":null,"since":null,"owner":null})");
}

TEST(JsonHolder, HasEveryFieldEvenIfNothingIsKnown) {
  EXPECT_EQ(
      written(write_holder, tests::nameless("[::!]:80")),
      R"({"source":"socket","state":"listening","address":"::","port":80,"last":null,"protocol":"tcp",)"
      R"("v6only":true,"pid":null,"process":null,"exe":null,"user":null,"unit":null,"activates":null,"container":null,)"
      R"("compose":null,"inherited":null,"other_pids":[],"since":null,"enabled":null,"forwards_to":null,"remote":null,"seconds_left":null})");
}

TEST(JsonHolder, HasAllThatIsKnown) {
  auto holder = listener("80");
  holder.user = "www-data";
  holder.container = Container{"c0ffee", "web", "nginx:1", true};
  holder.compose = Compose{"site", "web"};
  holder.inherited = false;
  holder.other_pids = {813};
  holder.since = tests::now;
  holder.enabled = true;
  holder.forwards_to = ":80";
  holder.seconds_left = 3;
  holder.remote = "10.0.0.7:443";
  EXPECT_EQ(
      written(write_holder, holder),
      R"({"source":"socket","state":"listening","address":"*","port":80,"last":null,"protocol":"tcp",)"
      R"("v6only":false,"pid":812,"process":"nginx","exe":"/usr/sbin/nginx","user":"www-data",)"
      R"("unit":"nginx.service","activates":null,"container":{"id":"c0ffee","name":"web","image":"nginx:1","running":true},)"
      R"("compose":{"project":"site","service":"web"},"inherited":false,"other_pids":[813],"since":"2026-11-22T18:00:00Z","enabled":true,"forwards_to":":80","remote":"10.0.0.7:443","seconds_left":3})");
}

TEST(JsonSkips, HaveNoVerdictWhereARuleDecided) {
  const std::vector<Skip> skips{{{8080, 8080}, Verdict::held, {{Source::socket, "held by nginx"}}},
                                {{32768, 60999}, std::nullopt, {}}};
  EXPECT_EQ(written(write_skips, skips),
            R"([{"port":8080,"last":null,"verdict":"held","evidence":[{"source":"socket","what":"held by nginx"}]},)"
            R"({"port":32768,"last":60999,"verdict":null,"evidence":[]}])");
}

TEST(JsonDecision, SaysWhatWasDecidedAndWhy) {
  Decision decision{Choice::moved, tests::moved("web", "8081", 8080)};
  decision.warnings = {"careful"};
  decision.notes = {"by the way"};
  Json json;
  write_decision_members(json, decision);
  EXPECT_EQ(json.take(),
            R"({"schema":1,"service":"web","address":"*","port":8081,"last":null,"protocol":"tcp","kind":"flexible",)"
            R"("preferred":8080,"decision":"moved","warnings":["careful"],"notes":["by the way"],"skipped":[]})");
}

TEST(JsonDecision, OfJustAnyPortHasNoService) {
  Json json;
  write_decision_members(json, {Choice::preferred, allocation("", "80")}, Named::no);
  EXPECT_THAT(json.take(), HasSubstr(R"("service":null)"));
}

TEST(JsonCommit, HasBothSidesOfEveryChange) {
  store::Commit commit{7, "2026-11-22T18:00:00Z", {"ada", "release web"}, {}};
  commit.records.push_back({allocation("web", "80"), std::nullopt});
  const auto text = written(write_commit, commit);
  EXPECT_THAT(text, testing::StartsWith(R"({"revision":7,"time":"2026-11-22T18:00:00Z","user":"ada",)"
                                        R"("command":"release web","changes":[{"service":"web","before":{)"));
  EXPECT_THAT(text, testing::EndsWith(R"("after":null,"decision":null,"skipped":[]}]})"));
}

TEST(JsonFindings, HaveEveryMember) {
  app::PortReport report{.endpoint = endpoint("80"), .verdict = Verdict::unknown};
  report.evidence = {{Source::socket, "why"}};
  report.blind_spots = {{"socket", "not permitted"}};
  report.advice = {"look again"};
  EXPECT_EQ(json_of(report),
            R"({"schema":1,"endpoint":{"address":"*","port":80,"last":null,"protocol":"tcp"},"verdict":"unknown",)"
            R"("evidence":[{"source":"socket","what":"why"}],"allocations":[],"holders":[],"elsewhere":[],)"
            R"("blind_spots":[{"source":"socket","why":"not permitted"}],"advice":["look again"]})");
}

}  // namespace
}  // namespace berth::cli
