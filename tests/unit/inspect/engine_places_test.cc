#include "inspect/engine_places.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace berth::inspect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> apis(const EnginePlaces& places) {
  std::vector<std::string> all;
  for (const auto& place : places.engines) {
    all.push_back((place.kind == EnginePlace::Kind::docker ? "docker " : "podman ") + to_string(place.api));
  }
  return all;
}

TEST(EnginePlaces, TheUsualOnes) {
  const auto places = EnginePlaces::of({});
  EXPECT_THAT(apis(places), ElementsAre("docker /var/run/docker.sock", "podman /run/podman/podman.sock"));
  EXPECT_EQ(places.engines[0].storage, "/var/lib/docker");
  EXPECT_EQ(places.engines[1].storage, "/var/lib/containers/storage");
  EXPECT_THAT(places.blind_spots, IsEmpty());
}

TEST(EnginePlaces, AUsersOwn) {
  EXPECT_THAT(apis(EnginePlaces::of({"", "", "/run/user/7"})),
              ElementsAre("docker /var/run/docker.sock", "docker /run/user/7/docker.sock",
                          "podman /run/podman/podman.sock", "podman /run/user/7/podman/podman.sock"));
}

TEST(EnginePlaces, AVariableTakesThePlaceOfTheUsualOnes) {
  const auto places = EnginePlaces::of({"unix:///x/d.sock", "tcp://[::1]:8080", "/run/user/7"});
  EXPECT_THAT(apis(places), ElementsAre("docker /x/d.sock", "podman [::1]:8080"));
  EXPECT_EQ(places.engines[0].variable, "DOCKER_HOST");
  EXPECT_EQ(places.engines[0].storage, "") << "whose folder that is, is not known";
  EXPECT_EQ(places.engines[1].variable, "CONTAINER_HOST");
}

TEST(EnginePlaces, Tcp) {
  EXPECT_THAT(apis(EnginePlaces::of({"tcp://127.0.0.1:2375", "tcp://localhost:1/path", ""})),
              ElementsAre("docker 127.0.0.1:2375", "podman localhost:1"));
}

TEST(EnginePlaces, WhatCannotBeAskedIsSaidAndTheUsualOnesAreAsked) {
  for (const std::string value : {"tcp://engine:2375", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://:1", "tcp://*:1",
                                  "npipe:////./pipe/x", "/var/run/docker.sock", "tcp://1.2.3.4:99999"}) {
    const auto places = EnginePlaces::of({value, "", ""});
    EXPECT_THAT(apis(places), ElementsAre("docker /var/run/docker.sock", "podman /run/podman/podman.sock")) << value;
    ASSERT_THAT(places.blind_spots, SizeIs(1)) << value;
    EXPECT_THAT(places.blind_spots[0].why, HasSubstr("DOCKER_HOST is '" + value + "'"));
    EXPECT_TRUE(places.blind_spots[0].hides_holders);
  }
}

TEST(EnginePlaces, AnotherMachinesEngineHidesNothingHere) {
  const auto places = EnginePlaces::of({"ssh://me@there", "", ""});
  ASSERT_THAT(places.blind_spots, SizeIs(1));
  EXPECT_FALSE(places.blind_spots[0].hides_holders);
}

}  // namespace
}  // namespace berth::inspect
