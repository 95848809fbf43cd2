// Texts as Docker 20.10, a swarm and podman 4.3 send them, shortened.
#include "inspect/engine_answers.h"

#include <gmock/gmock.h>

#include <string>

#include "core/spec.h"
#include "inspect/engine_fields.h"

namespace berth::inspect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

PortMapping mapping(const std::string& address, PortRange ports, PortRange target, Protocol protocol = Protocol::tcp) {
  return {{address_of(address), protocol, ports}, target};
}

constexpr std::string_view list = R"([
 {"Id":"a1","Names":["/other/link","/web"],"Image":"nginx:1","Created":1795386504,
  "Ports":[{"PrivatePort":443,"Type":"tcp"},{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},
           {"IP":"::","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}],
  "Labels":{"com.docker.compose.project":"shop","com.docker.compose.service":"front"},"State":"running",
  "HostConfig":{"NetworkMode":"default"},
  "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"10.200.0.2","GlobalIPv6Address":""}}}},
 {"Id":"b2","Names":["/broken"],"Image":"x","Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8090,"Type":"tcp"}],
  "Labels":{},"State":"created","HostConfig":{"NetworkMode":"default"},
  "NetworkSettings":{"Networks":{"bridge":{"IPAddress":""}}}},
 {"Id":"c3","Names":["/host"],"Image":"x","Ports":[],"Labels":null,"State":"running",
  "HostConfig":{"NetworkMode":"host"},"NetworkSettings":{"Networks":{"host":{"IPAddress":""}}}},
 {"Id":"d4","Names":["/two"],"Image":"x","Ports":[{"IP":"127.0.0.1","PrivatePort":53,"PublicPort":53,"Type":"udp"}],
  "Labels":{},"State":"paused","HostConfig":{"NetworkMode":"a"},
  "NetworkSettings":{"Networks":{"a":{"IPAddress":"172.18.0.2"},"b":{"IPAddress":"172.19.0.2"}}}}])";

TEST(DockerList, AContainerThatRuns) {
  const auto containers = read_docker_list(list);
  ASSERT_TRUE(containers) << containers.error().why;
  ASSERT_THAT(*containers, SizeIs(4));
  const auto& web = containers->at(0);
  EXPECT_EQ(web.container, (Container{"a1", "web", "nginx:1", true}));
  EXPECT_EQ(web.compose, (Compose{"shop", "front"}));
  EXPECT_EQ(web.state, ContainerState::published);
  EXPECT_EQ(web.address, "10.200.0.2");
  EXPECT_TRUE(web.has_unpublished);
  EXPECT_THAT(web.published,
              ElementsAre(mapping("0.0.0.0", {8080, 8080}, {80, 80}), mapping("::", {8080, 8080}, {80, 80})));
}

TEST(DockerList, OneThatFailedToStartHasNoPorts) {
  const auto broken = read_docker_list(list)->at(1);
  EXPECT_EQ(broken.state, ContainerState::waiting);
  EXPECT_EQ(broken.container.running, false);
  EXPECT_THAT(broken.published, IsEmpty());
}

TEST(DockerList, OneOnTheHostsNetwork) {
  const auto host = read_docker_list(list)->at(2);
  EXPECT_EQ(host.container.running, true);
  EXPECT_EQ(host.compose, std::nullopt);
  EXPECT_THAT(host.published, IsEmpty());
}

TEST(DockerList, WithTwoNetworksTheAddressIsNotKnown) {
  const auto two = read_docker_list(list)->at(3);
  EXPECT_EQ(two.address, "");
  EXPECT_EQ(two.state, ContainerState::published);
  EXPECT_THAT(two.published, ElementsAre(mapping("127.0.0.1", {53, 53}, {53, 53}, Protocol::udp)));
}

std::string detail(const std::string& state, const std::string& host_config, const std::string& ports = "{}") {
  return R"({"Id":"a1","Name":"/web","State":)" + state +
         R"(,"Config":{"Image":"nginx:1","Labels":{}},"RestartCount":2,)" + R"("HostConfig":)" + host_config +
         R"(,"NetworkSettings":{"Ports":)" + ports + "}}";
}

TEST(DockerContainer, WhatItIsConfiguredWith) {
  const auto container = read_docker_container(
      detail(R"({"Status":"created","StartedAt":"0001-01-01T00:00:00Z"})",
             R"({"NetworkMode":"default","PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"9100-9110"},)"
             R"({"HostIp":"::1","HostPort":"8082"},{"HostIp":"","HostPort":""}],)"
             R"("53/udp":[{"HostIp":"127.0.0.1","HostPort":"5353"}],"7/sctp":[{"HostIp":"","HostPort":"7"}],)"
             R"("443/tcp":null}})"));
  ASSERT_TRUE(container) << container.error().why;
  EXPECT_EQ(container->container, (Container{"a1", "web", "nginx:1", false}));
  EXPECT_EQ(container->state, ContainerState::waiting);
  EXPECT_EQ(container->since, "");
  EXPECT_THAT(container->configured,
              ElementsAre(mapping("", {9100, 9110}, {80, 80}), mapping("::1", {8082, 8082}, {80, 80}),
                          mapping("127.0.0.1", {5353, 5353}, {53, 53}, Protocol::udp)));
  EXPECT_THAT(container->published, IsEmpty());
}

TEST(DockerContainer, WhatItPublishesAndSinceWhen) {
  const auto container = read_docker_container(
      detail(R"({"Status":"running","StartedAt":"2026-11-22T22:28:24.832936831Z"})",
             R"({"NetworkMode":"default","PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"0"}]}})",
             R"({"443/tcp":null,"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"32768"}]})"));
  EXPECT_EQ(container->since, "2026-11-22T22:28:24Z");
  EXPECT_EQ(container->state, ContainerState::published);
  EXPECT_THAT(container->configured, IsEmpty());
  EXPECT_THAT(container->published, ElementsAre(mapping("0.0.0.0", {32768, 32768}, {80, 80})));
}

TEST(DockerContainer, WithoutANetworkOfItsOwnItHasNoPorts) {
  for (const std::string mode : {"host", "none", "container:b2"}) {
    const auto container = read_docker_container(
        detail(R"({"Status":"exited"})",
               R"({"NetworkMode":")" + mode + R"(","PortBindings":{"80/tcp":[{"HostPort":"80"}]}})"));
    EXPECT_THAT(container->configured, IsEmpty()) << mode;
  }
}

struct Restart {
  std::string policy;
  std::string state;
  std::optional<bool> enabled;
};

TEST(DockerContainer, WhetherItIsStartedAtBoot) {
  const std::vector<Restart> table{
      {R"({"Name":"no"})", R"({"Status":"exited"})", false},
      {R"({"Name":""})", R"({"Status":"exited"})", false},
      {R"({"Name":"always"})", R"({"Status":"exited"})", true},
      {R"({"Name":"unless-stopped"})", R"({"Status":"exited","Error":""})", false},
      {R"({"Name":"unless-stopped"})", R"({"Status":"exited","Error":"port is already allocated"})", true},
      {R"({"Name":"unless-stopped"})", R"({"Status":"created"})", true},
      {R"({"Name":"unless-stopped"})", R"({"Status":"restarting"})", true},
      {R"({"Name":"on-failure","MaximumRetryCount":0})", R"({"Status":"exited","ExitCode":1})", true},
      {R"({"Name":"on-failure","MaximumRetryCount":0})", R"({"Status":"exited","ExitCode":0})", false},
      {R"({"Name":"on-failure","MaximumRetryCount":2})", R"({"Status":"exited","ExitCode":1})", false},
      {R"({"Name":"on-failure","MaximumRetryCount":3})", R"({"Status":"exited","ExitCode":1})", true},
      {R"({"Name":"at-full-moon"})", R"({"Status":"exited"})", std::nullopt},
  };
  for (const auto& row : table) {
    const auto container = read_docker_container(detail(row.state, R"({"RestartPolicy":)" + row.policy + "}"));
    EXPECT_EQ(container->enabled, row.enabled) << row.policy << row.state;
  }
}

TEST(DockerFiles, AContainerThatRanWhenTheyWereWritten) {
  const auto container = read_docker_files(
      R"({"State":{"Running":true},"ID":"a1","Name":"/web","Config":{"Image":"nginx:1","Labels":{}},
          "HasBeenManuallyStopped":false,"NetworkSettings":{"Networks":{"bridge":{"IPAddress":"10.200.0.2"}},
          "Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}],"81/tcp":[{"HostIp":"0.0.0.0","HostPort":"32768"}]}}})",
      R"({"NetworkMode":"default","RestartPolicy":{"Name":"unless-stopped"},
          "PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}],"81/tcp":[{"HostIp":"","HostPort":""}]}})");
  ASSERT_TRUE(container) << container.error().why;
  EXPECT_EQ(container->container, (Container{"a1", "web", "nginx:1", true}));
  EXPECT_EQ(container->enabled, true);
  EXPECT_EQ(container->address, "10.200.0.2");
  EXPECT_THAT(container->configured,
              ElementsAre(mapping("", {8080, 8080}, {80, 80}), mapping("0.0.0.0", {32768, 32768}, {81, 81})));
}

TEST(DockerFiles, AContainerThatWasStoppedByHand) {
  const auto container = read_docker_files(
      R"({"State":{"Running":false},"ID":"a1","Name":"/web","HasBeenManuallyStopped":true})",
      R"({"RestartPolicy":{"Name":"unless-stopped"},"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]}})");
  EXPECT_EQ(container->enabled, false);
  EXPECT_EQ(container->container.running, false);
  EXPECT_THAT(container->configured, SizeIs(1));
}

TEST(DockerServices, WhatTheIngressPublishes) {
  const auto services = read_docker_services(
      R"([{"ID":"s1","Spec":{"Name":"shop_web","Labels":{"com.docker.stack.namespace":"shop"},
           "TaskTemplate":{"ContainerSpec":{"Image":"nginx:1@sha256:abc"}}},"Endpoint":{"Ports":[
           {"Protocol":"tcp","TargetPort":80,"PublishedPort":8130,"PublishMode":"ingress"},
           {"Protocol":"udp","TargetPort":53,"PublishedPort":53,"PublishMode":"host"}]}},
          {"ID":"s2","Spec":{"Name":"alone"},"Endpoint":{"Spec":{}}}])");
  ASSERT_TRUE(services) << services.error().why;
  ASSERT_THAT(*services, SizeIs(2));
  EXPECT_EQ(services->at(0).container, (Container{"", "shop_web", "nginx:1", std::nullopt}));
  EXPECT_EQ(services->at(0).compose, (Compose{"shop", "web"}));
  EXPECT_THAT(services->at(0).published, ElementsAre(mapping("", {8130, 8130}, {80, 80})));
  EXPECT_EQ(services->at(1).container.name, "alone");
  EXPECT_EQ(services->at(1).compose, std::nullopt);
  EXPECT_THAT(services->at(1).published, IsEmpty());
}

TEST(PodmanList, RangesAndWhatIsOnlyCreated) {
  const auto containers = read_podman_list(
      R"([{"Id":"a1","Image":"localhost/web:1","IsInfra":false,"Labels":{"io.podman.compose.project":"p",
           "com.docker.compose.service":"s"},"Names":["web"],"Pod":"","Ports":[{"host_ip":"","container_port":80,
           "host_port":18080,"range":1,"protocol":"tcp"}],"StartedAt":1795386544,"State":"running"},
          {"Id":"b2","Image":"x","Labels":null,"Names":["made"],"Pod":"","Ports":[{"host_ip":"127.0.0.1",
           "container_port":9000,"host_port":19000,"range":3,"protocol":"udp,tcp"}],"StartedAt":-62135596800,
           "State":"created"},
          {"Id":"c3","Names":["host"],"Ports":null,"State":"running"}])");
  ASSERT_TRUE(containers) << containers.error().why;
  ASSERT_THAT(*containers, SizeIs(3));
  EXPECT_EQ(containers->at(0).container, (Container{"a1", "web", "localhost/web:1", true}));
  EXPECT_EQ(containers->at(0).compose, (Compose{"p", "s"}));
  EXPECT_EQ(containers->at(0).since, "2026-11-22T22:29:04Z");
  EXPECT_THAT(containers->at(0).published, ElementsAre(mapping("", {18080, 18080}, {80, 80})));
  EXPECT_EQ(containers->at(1).since, "");
  EXPECT_THAT(containers->at(1).published, IsEmpty());
  EXPECT_THAT(containers->at(1).configured,
              ElementsAre(mapping("127.0.0.1", {19000, 19002}, {9000, 9002}, Protocol::udp),
                          mapping("127.0.0.1", {19000, 19002}, {9000, 9002}, Protocol::tcp)));
  EXPECT_THAT(containers->at(2).published, IsEmpty());
}

TEST(PodmanList, ThePortsOfAPodAreToldOnce) {
  const auto containers = read_podman_list(
      R"([{"Id":"a1","Names":["app"],"Pod":"p1","IsInfra":false,"State":"running",
           "Ports":[{"host_ip":"","container_port":80,"host_port":8080,"range":1,"protocol":"tcp"}]},
          {"Id":"b2","Names":["p1-infra"],"Pod":"p1","IsInfra":true,"State":"running",
           "Ports":[{"host_ip":"","container_port":80,"host_port":8080,"range":1,"protocol":"tcp"}]}])");
  EXPECT_THAT(containers->at(0).published, IsEmpty());
  EXPECT_THAT(containers->at(1).published, SizeIs(1));
}

TEST(PodmanStorage, IdsAndNames) {
  const auto containers = read_podman_storage(
      R"([{"id":"a1","names":["web"],"image":"3d34","metadata":"{\"image-name\":\"localhost/web:1\",\"name\":\"web\"}"}])");
  ASSERT_TRUE(containers) << containers.error().why;
  EXPECT_THAT(*containers, ElementsAre(Container{"a1", "web", "localhost/web:1", std::nullopt}));
}

TEST(EngineAnswers, WhatIsNotTheAnswerIsRefused) {
  for (const std::string text : {"", "null", "{}", "[1]", "[", "<html>", "\"x\"", "[{\"Id\":\"a\",\"Id\":\"b\"}]"}) {
    EXPECT_FALSE(read_docker_list(text)) << text;
    EXPECT_FALSE(read_docker_services(text)) << text;
    EXPECT_FALSE(read_docker_container(text)) << text;
    EXPECT_FALSE(read_docker_files(text, "{}")) << text;
    EXPECT_FALSE(read_docker_files("{\"State\":{}}", text == "{}" ? "" : text)) << text;
  }
  for (const std::string text : {"", "{}", "[", "<html>", "\"x\"", "[1]"}) {
    EXPECT_FALSE(read_podman_list(text)) << text;
    EXPECT_FALSE(read_podman_storage(text)) << text;
  }
}

TEST(EngineAnswers, FieldsOfOddTypesAreLeftOut) {
  const auto containers = read_docker_list(
      R"([{"Id":1,"Names":{"a":1},"Image":null,"State":"running","Ports":[7,{"PrivatePort":"80"},
          {"PrivatePort":80,"PublicPort":70000,"Type":"tcp"},{"PrivatePort":80,"PublicPort":-1,"Type":"tcp"},
          {"PrivatePort":1e2,"PublicPort":80,"Type":"tcp"}],"Labels":[],"NetworkSettings":7}])");
  ASSERT_TRUE(containers);
  EXPECT_EQ(containers->at(0).container, (Container{"", "", "", true}));
  EXPECT_THAT(containers->at(0).published, IsEmpty());
}

TEST(EngineAnswers, ErrorsInAnyForm) {
  EXPECT_EQ(read_error(R"({"message":"No such container: x"})"), "'No such container: x'");
  EXPECT_EQ(read_error("client version 1.0 is too old\n"), "'client version 1.0 is too old'");
  EXPECT_EQ(read_error("a\033[2Jb"), "'a\\x1b[2Jb'");
  EXPECT_EQ(read_error(""), "''");
  EXPECT_LT(read_error(std::string(10'000, 'x')).size(), 300U);
}

}  // namespace
}  // namespace berth::inspect
