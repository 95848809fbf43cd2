#include "inspect/proxy_command.h"

#include <gmock/gmock.h>

#include <string>

#include "core/spec.h"

namespace berth::inspect {
namespace {

// Words with blanks between them, as /proc/PID/cmdline has them.
std::string command_line(std::string words) {
  for (auto& character : words) {
    if (character == ' ') character = '\0';
  }
  return words + '\0';
}

Endpoint endpoint(const char* spec) { return parse_endpoint(spec).value(); }

TEST(DockerProxy, SaysWhereItForwardsTo) {
  const auto words = command_line(
      "/usr/sbin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80");
  EXPECT_EQ(target_of_docker_proxy(words, endpoint("8080/tcp")), "172.17.0.2:80");
}

TEST(DockerProxy, MaySayItInOtherForms) {
  for (const char* words :
       {"docker-proxy -proto udp -host-ip :: -host-port 53 -container-ip fd00::2 -container-port 5353",
        "docker-proxy --proto=udp --host-port=53 --container-ip=fd00::2 --container-port=5353 -use-listen-fd"}) {
    EXPECT_EQ(target_of_docker_proxy(command_line(words), endpoint("53/udp")), "[fd00::2]:5353") << words;
  }
}

TEST(DockerProxy, SpeaksOfItsOwnPortAlone) {
  const auto words =
      command_line("docker-proxy -proto tcp -host-port 8080 -container-ip 172.17.0.2 -container-port 80");
  EXPECT_EQ(target_of_docker_proxy(words, endpoint("45678/tcp")), "");
  EXPECT_EQ(target_of_docker_proxy(words, endpoint("8080/udp")), "");
}

TEST(DockerProxy, NonsenseSaysNothing) {
  for (const char* words : {"", "docker-proxy", "docker-proxy -proto tcp -host-port 8080 -container-ip",
                            "docker-proxy -proto tcp -host-port 8080 -container-ip x -container-port 80",
                            "docker-proxy -proto tcp -host-port 8080 -container-ip 1.2.3.4 -container-port 0",
                            "docker-proxy -proto tcp -host-port 8080 -container-ip 1.2.3.4 -container-port 99999",
                            "docker-proxy -proto tcp -host-port 8080 -container-ip 1.2.3.4 -container-port 080",
                            "docker-proxy -proto tcp -host-port 8080 -container-ip 1.2.3.4 -container-port 80x"}) {
    EXPECT_EQ(target_of_docker_proxy(command_line(words), endpoint("8080/tcp")), "") << words;
  }
}

TEST(Conmon, NamesItsContainer) {
  const std::string id(64, 'a');
  for (const auto& words : {"/usr/bin/conmon --api-version 1 -c " + id + " -u " + std::string(64, 'b') + " -r crun",
                            "conmon --cid " + id, "conmon --cid=" + id + " --exit-command-arg -c=x"}) {
    EXPECT_EQ(container_of_conmon(command_line(words)), id) << words;
  }
}

TEST(Conmon, WithoutAnIdNamesNothing) {
  for (const std::string words : {"", "conmon", "conmon -c", "conmon -c short", "conmon --cidfile x"}) {
    EXPECT_EQ(container_of_conmon(command_line(words)), "") << words;
  }
}

}  // namespace
}  // namespace berth::inspect
