// The inspector of container engines against a real podman, in a network namespace of its own.
#include <gmock/gmock.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "core/endpoint.h"
#include "inspect/docker.h"
#include "live/shell.h"

namespace berth::live {
namespace {

using inspect::DockerInspector;
using inspect::EnginePlace;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string told(const Holder& holder) {
  return std::string(to_string(holder.state)) + " " + to_string(holder.endpoint) + " " + holder.container->name + " " +
         holder.container->image + " to=" + holder.forwards_to + (holder.since.empty() ? "" : " since");
}

Census ask(const std::string& folder) {
  const EnginePlace place{
      EnginePlace::Kind::podman, {.unix_path = folder + "/api.sock"}, folder + "/root", "", folder + "/run", {}};
  return DockerInspector({{place}, {}})
      .inspect({.owners = true, .deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10)});
}

TEST(Podman, ItsPortsWithItsApiAndWithoutIt) {
  if (::unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "no network namespace: only root may make one";
  Shell shell;
  shell.run(std::string("source ") + BERTH_TESTS + "/live/podman.bash; ip link set lo up");
  if (const auto problem = shell.run("podman_problem"); !problem.empty()) GTEST_SKIP() << problem;
  shell.run("DIR=$(mktemp -d /var/tmp/berth-podman-XXXXXX); trap 'stop_podman; rm -rf \"$DIR\"' EXIT");
  const auto folder = shell.run("echo \"$DIR\"");
  if (const auto log = shell.run("start_podman \"$DIR\" >$DIR/start 2>&1 || tail -n 3 $DIR/start"); !log.empty())
    GTEST_SKIP() << "podman does not start: " << log;
  shell.run("podman run -d --name web -p 18080-18081:80-81 berth/web:1 /bin/sleep 1000 2>&1");
  shell.run("podman create --name made -p 127.0.0.1:19000-19002:9000-9002/udp berth/web:1 /bin/sleep 1000 2>&1");

  const auto census = ask(folder);
  const auto address = shell.run("podman inspect -f '{{.NetworkSettings.IPAddress}}' web");
  std::vector<std::string> lines;
  for (const auto& holder : census.holders) lines.push_back(told(holder));
  std::ranges::sort(lines);
  EXPECT_THAT(lines, ElementsAre("configured 127.0.0.1:19000-19002/udp made localhost/berth/web:1 to=",
                                 "published 18080-18081/tcp web localhost/berth/web:1 to=" + address + ":80-81 since"));
  EXPECT_THAT(census.blind_spots, IsEmpty());
  EXPECT_THAT(census.answered, ElementsAre(Source::container));

  shell.run("rm \"$DIR/api.sock\"");
  const auto silent = ask(folder);
  EXPECT_THAT(silent.holders, IsEmpty());
  ASSERT_THAT(silent.blind_spots, SizeIs(1));
  EXPECT_THAT(silent.blind_spots[0].why, HasSubstr("systemctl start podman.socket"));
  ASSERT_THAT(silent.containers, SizeIs(1));
  EXPECT_EQ(silent.containers[0].container.id, census.containers.at(0).container.id);
  EXPECT_EQ(silent.containers[0].container.name, "web");
}

}  // namespace
}  // namespace berth::live
