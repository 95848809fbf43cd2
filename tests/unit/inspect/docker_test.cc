// The inspector against an engine that a test plays.
#include "inspect/docker.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <vector>

#include "core/endpoint.h"
#include "unit/inspect/fake_engine.h"

namespace berth::inspect {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using tests::answers;
using tests::FakeEngine;
using tests::http_answer;
using Then = FakeEngine::Reply::Then;

constexpr auto no_swarm = R"({"message":"This node is not a swarm manager. Use \"docker swarm init\" ..."})";
const std::string list_path = "/containers/json?all=1";

std::string running(const std::string& id, unsigned port, const std::string& more = "") {
  return R"({"Id":")" + id + R"(","Names":["/)" + id + R"("],"Image":"x","State":"running","Ports":[)" + more +
         R"({"IP":"0.0.0.0","PrivatePort":80,"PublicPort":)" + std::to_string(port) + R"(,"Type":"tcp"}]})";
}
std::string stopped(const std::string& id) {
  return R"({"Id":")" + id + R"(","Names":["/)" + id + R"("],"Image":"x","State":"exited","Ports":[]})";
}
std::string detail(const std::string& id, const std::string& status, const std::string& bindings,
                   const std::string& published = "{}") {
  return R"({"Id":")" + id + R"(","Name":"/)" + id + R"(","State":{"Status":")" + status +
         R"(","StartedAt":"2026-11-22T22:28:24.8Z"},"Config":{"Image":"x"},"HostConfig":{"PortBindings":)" + bindings +
         R"(},"NetworkSettings":{"Ports":)" + published + "}}";
}

EnginePlaces docker_at(const std::string& socket, const std::string& storage = "", const std::string& variable = "") {
  return {{{EnginePlace::Kind::docker, {.unix_path = socket}, storage, "", "", variable}}, {}};
}
EnginePlaces podman_at(const std::string& socket, const std::string& storage = "") {
  return {{{EnginePlace::Kind::podman, {.unix_path = socket}, storage, "", storage, ""}}, {}};
}

Census ask(EnginePlaces places, Question question = {}) {
  if (question.deadline == std::chrono::steady_clock::time_point::max())
    question.deadline = std::chrono::steady_clock::now() + 10s;
  return DockerInspector(std::move(places)).inspect(question);
}
Census ask_docker(FakeEngine::Script script, const Question& question = {}) {
  const FakeEngine engine(std::move(script));
  return ask(docker_at(engine.socket()), question);
}

std::vector<std::string> told(const Census& census) {
  std::vector<std::string> lines;
  for (const auto& holder : census.holders) {
    lines.push_back(holder.container->name + " " + std::string(to_string(holder.state)) + " " +
                    to_string(holder.endpoint));
  }
  return lines;
}

// An engine with these bodies, which is no part of a swarm.
FakeEngine::Script engine_with(std::vector<std::pair<std::string, std::string>> bodies) {
  return [bodies = std::move(bodies)](const std::string& target) -> FakeEngine::Reply {
    for (const auto& [path, body] : bodies) {
      if (path == target) return {http_answer(body)};
    }
    return target == "/services" ? FakeEngine::Reply{http_answer(no_swarm, 503)}
                                 : FakeEngine::Reply{http_answer(R"({"message":"No such container"})", 404)};
  };
}

TEST(DockerInspector, AsksForTheListAndForWhatIsNotInIt) {
  FakeEngine engine(engine_with(
      {{list_path, "[" + running("web", 8080) + "," + stopped("old") + "]"},
       {"/containers/old/json", detail("old", "exited", R"({"80/tcp":[{"HostIp":"","HostPort":"8090"}]})")}}));
  const auto census = ask(docker_at(engine.socket()));
  EXPECT_THAT(told(census), ElementsAre("web published 0.0.0.0:8080/tcp", "old configured 8090/tcp"));
  EXPECT_THAT(engine.requests(), ElementsAre(list_path, "/containers/old/json", "/services"));
  EXPECT_EQ(engine.connections(), 1U);
  EXPECT_THAT(census.blind_spots, IsEmpty());
  EXPECT_THAT(census.answered, ElementsAre(Source::container));
  ASSERT_THAT(census.containers, SizeIs(1));
  EXPECT_EQ(census.containers[0].container.name, "web");
}

TEST(DockerInspector, AsksNothingTwice) {
  FakeEngine engine(engine_with({{list_path, "[" + running("web", 8080) + "," + stopped("db") + "]"},
                                 {"/containers/db/json", detail("db", "exited", R"({"1/tcp":[{"HostPort":"5432"}]})")},
                                 {"/containers/web/json", detail("web", "running", "{}")}}));
  DockerInspector inspector(docker_at(engine.socket()));
  Question question{.deadline = std::chrono::steady_clock::now() + 10s};
  const auto first = told(inspector.inspect(question));
  EXPECT_THAT(first, ElementsAre("web published 0.0.0.0:8080/tcp", "db configured 5432/tcp"));
  EXPECT_EQ(told(inspector.inspect(question)), first);
  question.owners = true;
  inspector.inspect(question);
  EXPECT_THAT(engine.requests(), ElementsAre(list_path, "/containers/db/json", "/services", "/containers/web/json"));
}

TEST(DockerInspector, APortThatIsNotPublishedMayBeConfigured) {
  FakeEngine engine(engine_with(
      {{list_path, "[" + running("web", 8080, R"({"PrivatePort":443,"Type":"tcp"},)") + "]"},
       {"/containers/web/json",
        detail("web", "running",
               R"({"80/tcp":[{"HostIp":"","HostPort":"8080"}],"443/tcp":[{"HostIp":"::1","HostPort":"443"}]})",
               R"({"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}],"443/tcp":null})")}}));
  EXPECT_THAT(told(ask(docker_at(engine.socket()))),
              ElementsAre("web published 0.0.0.0:8080/tcp", "web configured [::1]:443/tcp"));
}

TEST(DockerInspector, TellsOnlyWhatTheQuestionIsAbout) {
  FakeEngine engine(
      engine_with({{list_path, "[" + running("web", 8080) + "," + running("db", 5432) + "]"},
                   {"/containers/db/json",
                    detail("db", "running", "{}", R"({"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"5432"}]})")}}));
  const Endpoint about{{}, Protocol::tcp, {5432, 5432}};
  const auto census = ask(docker_at(engine.socket()), {.about = about, .owners = true});
  EXPECT_THAT(told(census), ElementsAre("db published 0.0.0.0:5432/tcp"));
  EXPECT_EQ(census.holders.at(0).since, "2026-11-22T22:28:24Z");
  EXPECT_THAT(engine.requests(), Not(Contains("/containers/web/json")));
  EXPECT_THAT(census.containers, SizeIs(2)) << "whoever runs can be behind a socket";
}

TEST(DockerInspector, AContainerThatIsGoneMeanwhileHasNoPorts) {
  const auto census = ask_docker(engine_with({{list_path, "[" + stopped("old") + "]"}}));
  EXPECT_THAT(census.holders, IsEmpty());
  EXPECT_THAT(census.blind_spots, IsEmpty());
}

TEST(DockerInspector, ASwarmsServices) {
  const auto census = ask_docker(
      engine_with({{list_path, "[]"},
                   {"/services", R"([{"Spec":{"Name":"web"},"Endpoint":{"Ports":[{"Protocol":"tcp","TargetPort":80,)"
                                 R"("PublishedPort":8130,"PublishMode":"ingress"}]}}])"}}));
  EXPECT_THAT(told(census), ElementsAre("web published 8130/tcp"));
  EXPECT_THAT(census.containers, IsEmpty());
}

TEST(DockerInspector, AWorkerOfASwarmDoesNotKnowTheServices) {
  const auto census = ask_docker([](const std::string& target) -> FakeEngine::Reply {
    if (target == list_path) return {http_answer("[]")};
    return {
        http_answer(R"({"message":"This node is not a swarm manager. Worker nodes can't be used to view ..."})", 503)};
  });
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_FALSE(census.blind_spots[0].hides_holders);
  EXPECT_THAT(census.answered, ElementsAre(Source::container));
}

struct Trouble {
  FakeEngine::Reply reply;
  std::string why;
};

TEST(DockerInspector, ATroubledEngineIsABlindSpot) {
  const std::vector<Trouble> table{
      {{"", Then::hang}, "did not answer in time"},
      {{"", Then::close}, "broke its answer off"},
      {{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[", Then::close}, "broke its answer off"},
      {{"SSH-2.0-OpenSSH_9.2\r\n\r\n", Then::close}, "does not answer in HTTP"},
      {{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", Then::hang}, "more than can be read"},
      {{http_answer("client version 1.0 is too old\n", 400, "text/plain")},
       "answered 400 to /containers/json?all=1: 'client "},
      {{http_answer(R"({"message":"server error"})", 500)}, "answered 500 to /containers/json?all=1: 'server error'"},
      {{http_answer("<html>")}, "answered no JSON"},
      {{http_answer("{}")}, "answered JSON of another form than expected"},
  };
  for (const auto& row : table) {
    const FakeEngine engine([&](const std::string&) { return row.reply; });
    const bool hangs = row.reply.bytes.empty() && row.reply.then == Then::hang;
    const auto census =
        ask(docker_at(engine.socket()), {.deadline = std::chrono::steady_clock::now() + (hangs ? 50ms : 10s)});
    EXPECT_THAT(census.holders, IsEmpty());
    EXPECT_THAT(census.answered, IsEmpty());
    ASSERT_THAT(census.blind_spots, SizeIs(1)) << row.why;
    EXPECT_EQ(census.blind_spots[0].source, "container");
    EXPECT_TRUE(census.blind_spots[0].hides_holders);
    EXPECT_THAT(census.blind_spots[0].why, AllOf(HasSubstr(row.why), HasSubstr(engine.socket())));
  }
}

TEST(DockerInspector, ATroubledAnswerInTheMiddleKeepsWhatIsKnown) {
  const auto census = ask_docker([](const std::string& target) -> FakeEngine::Reply {
    if (target == list_path) return {http_answer("[" + running("web", 8080) + "," + stopped("old") + "]")};
    if (target == "/services") return {http_answer(no_swarm, 503)};
    return {"HTTP/1.1 200 OK\r\n", Then::close};
  });
  EXPECT_THAT(told(census), ElementsAre("web published 0.0.0.0:8080/tcp"));
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_THAT(census.blind_spots[0].why, HasSubstr("not all containers could be asked for"));
  EXPECT_THAT(census.answered, IsEmpty());
}

class DockerIsDown : public testing::Test {
 protected:
  DockerIsDown() {
    folder_.write("containers/a1/config.v2.json", R"({"State":{"Running":true},"ID":"a1","Name":"/web"})");
    folder_.write("containers/a1/hostconfig.json", R"({"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]}})");
  }
  tests::ScratchDirectory folder_;
};

TEST_F(DockerIsDown, ThePortsAreThoseThatAreConfigured) {
  folder_.write("stale.sock", "");
  for (const auto* socket : {"stale.sock", "no.sock"}) {
    const auto census = ask(docker_at(folder_.path(socket), folder_.path()));
    EXPECT_THAT(told(census), ElementsAre("web configured 8080/tcp"));
    EXPECT_EQ(census.holders.at(0).container->running, std::nullopt);
    EXPECT_THAT(census.containers, SizeIs(1));
    ASSERT_THAT(census.blind_spots, SizeIs(1));
    EXPECT_THAT(census.blind_spots[0].why, AllOf(HasSubstr("does not run"), HasSubstr("configured")));
    EXPECT_FALSE(census.blind_spots[0].hides_holders);
    EXPECT_THAT(census.answered, IsEmpty());
  }
}

TEST_F(DockerIsDown, SettingsThatCannotBeReadMayHideSomething) {
  folder_.write("containers/b2/config.v2.json", "");
  const auto census = ask(docker_at(folder_.path("no.sock"), folder_.path()));
  EXPECT_THAT(told(census), ElementsAre("web configured 8080/tcp"));
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_TRUE(census.blind_spots[0].hides_holders);
}

TEST_F(DockerIsDown, ThoseOfAnEngineElsewhereAreNotRead) {
  const auto census = ask(docker_at(folder_.path("no.sock"), "", "DOCKER_HOST"));
  EXPECT_THAT(census.holders, IsEmpty());
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_TRUE(census.blind_spots[0].hides_holders);
}

TEST(DockerInspector, WhoMayAskIsSaid) {
  const FakeEngine engine(engine_with({}));
  const auto socket = engine.socket();
  ::chmod(socket.c_str(), 0);
  ::chmod(socket.substr(0, socket.rfind('/')).c_str(), 0755);
  const bool is_root = ::geteuid() == 0;
  constexpr uid_t nobody = 65534;
  if (is_root) {
    ASSERT_EQ(::seteuid(nobody), 0);
  }
  const auto census = ask(docker_at(socket));
  if (is_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_THAT(census.blind_spots[0].why, AllOf(HasSubstr("may not be asked"), HasSubstr("only root")));
}

TEST(DockerInspector, NothingThereIsNothingSeen) {
  const tests::ScratchDirectory folder;
  const auto places = docker_at(folder.path("no.sock"), folder.path("no"));
  EXPECT_FALSE(DockerInspector(places).is_present());
  const auto census = ask(places);
  EXPECT_THAT(census.holders, IsEmpty());
  EXPECT_THAT(census.blind_spots, IsEmpty());
}

TEST(DockerInspector, AStoppedEngineWithoutContainersIsNothingSeen) {
  const tests::ScratchDirectory folder;
  folder.make_directory("containers");
  EXPECT_THAT(ask(docker_at(folder.path("no.sock"), folder.path())).blind_spots, IsEmpty());
}

TEST(DockerInspector, IsThereWithASocketAFolderOrAVariable) {
  const tests::ScratchDirectory folder;
  folder.write("some.sock", "");
  folder.make_directory("containers");
  EXPECT_TRUE(DockerInspector(docker_at(folder.path("some.sock"))).is_present());
  EXPECT_TRUE(DockerInspector(docker_at(folder.path("no.sock"), folder.path())).is_present());
  EXPECT_TRUE(DockerInspector(docker_at(folder.path("no.sock"), "", "DOCKER_HOST")).is_present());
  EXPECT_TRUE(DockerInspector(EnginePlaces{{}, {{"container", "DOCKER_HOST is odd"}}}).is_present());
}

TEST(DockerInspector, AnEngineOnAnotherMachineIsNotAsked) {
  // TEST-NET-1 (RFC 5737): nobody has it.
  const auto census = ask({{{EnginePlace::Kind::docker, {{}, "192.0.2.1", 2375}, "", "", "", "DOCKER_HOST"}}, {}});
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_THAT(census.blind_spots[0].why, HasSubstr("on another machine"));
  EXPECT_FALSE(census.blind_spots[0].hides_holders);
}

TEST(PodmanInspector, AsksPodmansOwnApi) {
  FakeEngine engine(answers({{"/v4.0.0/libpod/containers/json?all=true",
                              R"([{"Id":"a1","Names":["web"],"Image":"x","State":"running","StartedAt":1795386544,
                           "Ports":[{"host_ip":"","container_port":80,"host_port":19000,"range":3,"protocol":"tcp"}]}])"},
                             {"/v4.0.0/libpod/containers/a1/json",
                              R"({"Id":"a1","Name":"web","State":{"Status":"running"},"HostConfig":{},
                          "NetworkSettings":{"Networks":{"podman":{"IPAddress":"10.88.0.2"}}}})"}}));
  const auto census = ask(podman_at(engine.socket()), {.owners = true});
  EXPECT_THAT(told(census), ElementsAre("web published 19000-19002/tcp"));
  EXPECT_EQ(census.holders.at(0).forwards_to, "10.88.0.2:80-82");
  EXPECT_EQ(census.holders.at(0).since, "2026-11-22T22:29:04Z");
  EXPECT_THAT(census.blind_spots, IsEmpty());
  EXPECT_THAT(census.containers, SizeIs(1));
}

TEST(PodmanInspector, WithoutItsApiItsContainersAreABlindSpot) {
  const tests::ScratchDirectory folder;
  const auto places = podman_at(folder.path("no.sock"), folder.path());
  EXPECT_FALSE(DockerInspector(places).is_present());
  folder.write("overlay-containers/containers.json", "[]");
  EXPECT_THAT(ask(places).blind_spots, IsEmpty());
  folder.write("overlay-containers/containers.json", R"([{"id":"a1","metadata":"{\"name\":\"web\"}"}])");
  folder.write("overlay-containers/a1/userdata/pidfile", "7");
  const auto census = ask(places);
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_THAT(census.blind_spots[0].why, HasSubstr("systemctl start podman.socket"));
  EXPECT_TRUE(census.blind_spots[0].hides_holders);
  ASSERT_THAT(census.containers, SizeIs(1));
  EXPECT_EQ(census.containers[0].container.name, "web");
}

TEST(EngineInspector, EachEngineIsAsked) {
  const FakeEngine docker(engine_with({{list_path, "[" + running("web", 8080) + "]"}}));
  const FakeEngine podman(answers({{"/v4.0.0/libpod/containers/json?all=true", "[]"}}));
  auto places = docker_at(docker.socket());
  places.engines.push_back(podman_at(podman.socket()).engines[0]);
  places.engines.push_back(docker_at("/nowhere").engines[0]);
  const auto census = ask(places);
  EXPECT_THAT(told(census), ElementsAre("web published 0.0.0.0:8080/tcp"));
  EXPECT_THAT(census.answered, ElementsAre(Source::container));
}

}  // namespace
}  // namespace berth::inspect
