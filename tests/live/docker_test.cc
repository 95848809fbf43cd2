// The inspector of container engines against a real Docker engine, in a network namespace of its own. The tests of a
// suite share one engine.
#include "inspect/docker.h"

#include <gmock/gmock.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/endpoint.h"
#include "live/network.h"
#include "live/shell.h"

namespace berth::live {
namespace {

using inspect::DockerInspector;
using inspect::EnginePlace;
using inspect::EnginePlaces;
using inspect::Question;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

std::string yes_or_no(const std::optional<bool>& value) { return !value ? "?" : *value ? "yes" : "no"; }

// All that the inspector says of a holder.
std::string told(const Holder& holder) {
  const auto container = holder.container.value_or(Container{});
  const auto compose = holder.compose.value_or(Compose{});
  return std::string(to_string(holder.source)) + " " + std::string(to_string(holder.state)) + " " +
         to_string(holder.endpoint) + (holder.endpoint.address.is_v6only() ? " v6only" : "") +
         " name=" + container.name + " image=" + container.image + " running=" + yes_or_no(container.running) +
         " id=" + container.id + " compose=" + compose.project + "/" + compose.service + " to=" + holder.forwards_to +
         " since=" + holder.since + " enabled=" + yes_or_no(holder.enabled);
}

std::vector<std::string> told(const Census& census) {
  std::vector<std::string> lines;
  for (const auto& holder : census.holders) lines.push_back(told(holder));
  return lines;
}

// An engine that is started for the first test of a suite, in the suite's own network namespace.
template <typename Suite>
class DockerSuite : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (::unshare(CLONE_NEWNET) != 0) {
      problem_ = "no network namespace: only root may make one";
      return;
    }
    shell_ = std::make_unique<Shell>();
    shell_->run(std::string("source ") + BERTH_TESTS + "/live/dockerd.bash; ip link set lo up");
    problem_ = shell_->run("dockerd_problem");
    if (!problem_.empty()) return;
    shell_->run(
        "DIR=$(mktemp -d /var/tmp/berth-docker-XXXXXX); "
        "trap 'stop_dockerd; rm -rf \"$DIR\"' EXIT");
    if (const auto log = shell_->run(std::string("start_dockerd \"$DIR\" ") + Suite::options + " 2>&1 || :");
        !log.empty()) {
      problem_ = "dockerd does not start: " + log;
      return;
    }
    shell_->run("build_web_image 2>&1");
    Suite::start_containers();
  }
  static void TearDownTestSuite() { shell_.reset(); }
  void SetUp() override {
    if (!problem_.empty()) GTEST_SKIP() << problem_;
  }

  static std::string run(const std::string& command) { return shell_->run(command); }
  static std::string docker(const std::string& words) { return run("docker " + words + " 2>&1"); }
  // A field of `docker inspect`.
  static std::string field(const std::string& container, const std::string& path) {
    return run("docker inspect -f '{{" + path + "}}' " + container);
  }

  static EnginePlaces places() {
    const auto folder = run("echo \"$DIR\"");
    return {{{EnginePlace::Kind::docker, {.unix_path = folder + "/docker.sock"}, folder + "/root", "", "", ""}}, {}};
  }
  static Census ask(Question question = {.owners = true}) {
    question.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    return DockerInspector(places()).inspect(question);
  }

  // What must be told of a container's holder.
  static std::string published(const std::string& container, const std::string& endpoint, const std::string& target) {
    const auto started = field(container, ".State.StartedAt");
    return "container published " + endpoint + " name=" + container +
           " image=berth/web:1 running=yes id=" + field(container, ".Id") + " compose=" + compose_of(container) +
           " to=" + field(container, ".NetworkSettings.IPAddress") + ":" + target +
           " since=" + started.substr(0, started.find('.')) + "Z enabled=?";
  }
  static std::string configured(const std::string& container, const std::string& endpoint, const std::string& running,
                                const std::string& enabled) {
    return "container configured " + endpoint + " name=" + container + " image=berth/web:1 running=" + running +
           " id=" + field(container, ".Id") + " compose=/ to= since= enabled=" + enabled;
  }
  static std::string compose_of(const std::string& container) {
    return field(container, "index .Config.Labels \"com.docker.compose.project\"") + "/" +
           field(container, "index .Config.Labels \"com.docker.compose.service\"");
  }
  // The port of the machine that a container got at random.
  static std::string random_port(const std::string& container, const std::string& inside) {
    return run("docker port " + container + " " + inside + " | sed -n '1s/.*://p'");
  }

 private:
  inline static std::unique_ptr<Shell> shell_;
  inline static std::string problem_;
};

class DockerWithProxy : public DockerSuite<DockerWithProxy> {
 public:
  static constexpr auto options = "--userland-proxy=true";
  static void start_containers() {
    docker("run -d --name plain -p 8080:80 berth/web:1");
    docker("run -d --name still -p 8091:80 berth/web:1 && docker pause still");
    docker(
        "run -d --name shop -p 9000-9003:9000-9003 --label com.docker.compose.project=shop "
        "--label com.docker.compose.service=front berth/web:1");
    docker(
        "run -d --name many -p 127.0.0.1:8100:80 -p 127.0.0.2:8100:80 -p 127.0.0.1:8100:81/udp -p '[::1]:8082:80' "
        "berth/web:1");
    docker("run -d --name chance -p 80 berth/web:1");
    docker("run -d --name all -P berth/web:1");
    docker("run -d --name host --network host berth/web:1 httpd -f -p 8085");
    docker("run -d --name gone -p 8093:80 --restart unless-stopped berth/web:1 && docker stop -t 0 gone");
    docker(
        "create --name made -p 9100-9110:80 -p 127.0.0.1:7000-7002:7000-7002/udp -p 80 --restart unless-stopped "
        "berth/web:1");
    docker("create --name hidden --network host -p 8094:80 berth/web:1");
    docker("run -d --name late -p 8080:80 --restart always berth/web:1 || :");  // the port is taken
    docker("run -d --name loop -p 8090:80 --restart always berth/web:1 sh -c 'exit 3'");
    // From then on it waits for most of a second.
    run("until [[ $(docker inspect -f '{{.State.Status}} {{.RestartCount}}' loop) =~ restarting\\ [3-9] ]]; do sleep "
        "0.02; done");
  }
};

TEST_F(DockerWithProxy, EveryContainersPortsToTheLastField) {
  const auto census = ask();
  const auto all_80 = random_port("all", "80");
  const auto all_443 = random_port("all", "443");
  EXPECT_THAT(told(census), UnorderedElementsAreArray({
                                published("plain", "8080/tcp", "80"),
                                published("still", "8091/tcp", "80"),
                                published("shop", "9000-9003/tcp", "9000-9003"),
                                published("many", "127.0.0.1:8100/tcp", "80"),
                                published("many", "127.0.0.2:8100/tcp", "80"),
                                published("many", "127.0.0.1:8100/udp", "81"),
                                published("many", "[::1]:8082/tcp", "80"),
                                published("chance", random_port("chance", "80") + "/tcp", "80"),
                                published("all", all_80 + "/tcp", "80"),
                                published("all", all_443 + "/tcp", "443"),
                                configured("gone", "8093/tcp", "no", "no"),
                                configured("made", "9100-9110/tcp", "no", "yes"),
                                configured("made", "127.0.0.1:7000-7002/udp", "no", "yes"),
                                configured("late", "8080/tcp", "no", "yes"),
                                configured("loop", "8090/tcp", "yes", "yes"),
                            }));
  EXPECT_THAT(census.blind_spots, IsEmpty());
  EXPECT_THAT(census.answered, testing::ElementsAre(Source::container));
}

TEST_F(DockerWithProxy, EveryContainerThatRunsIsKnown) {
  std::vector<std::string> names;
  for (const auto& known : ask().containers) {
    names.push_back(known.container.name);
    EXPECT_EQ(known.container.id, field(known.container.name, ".Id"));
    EXPECT_EQ(known.compose.has_value(), known.container.name == "shop");
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("plain", "still", "shop", "many", "chance", "all", "host", "loop"));
}

TEST_F(DockerWithProxy, AQuestionAboutOneStoppedContainersPort) {
  const auto census = ask({.about = endpoint("127.0.0.1:8093")});
  EXPECT_THAT(told(census), testing::ElementsAre(configured("gone", "8093/tcp", "no", "no")));
}

// The last of its suite: the engine becomes the manager of a swarm.
TEST_F(DockerWithProxy, WhatASwarmsIngressPublishes) {
  docker("swarm init --advertise-addr 10.200.0.1 --listen-addr 10.200.0.1");
  docker(
      "service create --detach --name shop_web --label com.docker.stack.namespace=shop --publish 8130:80 berth/web:1");
  Census census;
  for (int tries = 0; census.holders.empty() && tries < 100; ++tries) {
    census = ask({.about = endpoint("8130")});
    run("sleep 0.05");
  }
  EXPECT_THAT(told(census),
              testing::ElementsAre("container published 8130/tcp name=shop_web image=berth/web:1 running=? "
                                   "id= compose=shop/web to= since= enabled=?"));
  EXPECT_THAT(census.blind_spots, IsEmpty());
}

class DockerWithoutProxy : public DockerSuite<DockerWithoutProxy> {
 public:
  static constexpr auto options = "--userland-proxy=false --live-restore";
  static void start_containers() {
    docker("run -d --name plain -p 8080:80 --restart always berth/web:1");
    docker("run -d --name left -p '[::1]:8082:80' berth/web:1");
    docker("run -d --name chance -p 127.0.0.1::80/udp berth/web:1");
    docker("create --name made -p 8095:80 berth/web:1");
  }
};

TEST_F(DockerWithoutProxy, ABindingThatTheEngineLeavesOutIsConfigured) {
  auto left = published("left", "[::1]:8082/tcp", "80");
  left.replace(0, std::string("container published").size(), "container configured");
  left.replace(left.find("enabled=?"), std::string::npos, "enabled=no");
  EXPECT_THAT(told(ask()), UnorderedElementsAreArray({
                               published("plain", "0.0.0.0:8080/tcp", "80"),  // IPv6 is left out, too
                               left,
                               published("chance", "127.0.0.1:" + random_port("chance", "80/udp") + "/udp", "80"),
                               configured("made", "8095/tcp", "no", "no"),
                           }));
}

// The last of its suite: the engine is killed, and its containers go on.
TEST_F(DockerWithoutProxy, OfAKilledEngineTheSettingsAreRead) {
  const auto address = field("plain", ".NetworkSettings.IPAddress");
  const auto port = random_port("chance", "80/udp");
  run("kill -KILL \"$DOCKERD_PID\"; until docker ps 2>&1 | grep -q 'Cannot connect'; do sleep 0.02; done");
  const auto census = ask();
  std::vector<std::string> lines;
  for (const auto& holder : census.holders) {
    EXPECT_EQ(holder.state, HolderState::configured);
    EXPECT_EQ(holder.container->running, std::nullopt);
    lines.push_back(holder.container->name + " " + to_string(holder.endpoint) + " " + holder.forwards_to + " " +
                    yes_or_no(holder.enabled));
  }
  EXPECT_THAT(lines, SizeIs(4));
  EXPECT_THAT(lines, Contains("plain 8080/tcp " + address + ":80 yes"));
  EXPECT_THAT(lines, Contains(testing::StartsWith("chance 127.0.0.1:" + port + "/udp ")));
  EXPECT_THAT(lines, Contains("made 8095/tcp  no"));
  EXPECT_THAT(census.containers, SizeIs(3));
  ASSERT_THAT(census.blind_spots, SizeIs(1));
  EXPECT_THAT(census.blind_spots[0].why, HasSubstr("nobody answers"));
  EXPECT_FALSE(census.blind_spots[0].hides_holders);
  EXPECT_THAT(census.answered, IsEmpty());
}

}  // namespace
}  // namespace berth::live
