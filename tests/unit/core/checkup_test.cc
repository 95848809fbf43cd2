#include "core/checkup.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "core/ownership.h"
#include "unit/core/written.h"

namespace berth {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::allocation;
using tests::declared;
using tests::listener;
using tests::nameless;
using tests::of_container;
using tests::owned;
using tests::published;
using tests::registry;
using tests::unit;

const KernelRanges kernel{.ephemeral = PortRange{32768, 60999}, .reserved = {{40000, 40010}}};

std::vector<Finding> check(const Registry& registry, std::vector<Holder> holders) {
  return check_up(registry, {std::move(holders), {}}, kernel);
}

std::vector<std::string> ids_of(const std::vector<Finding>& findings) {
  std::vector<std::string> ids;
  for (const auto& finding : findings) ids.emplace_back(finding.id);
  return ids;
}

TEST(CheckUp, FindsNothingOnAServerThatIsInOrder) {
  const auto web = owned(allocation("web", "80", Kind::fixed), unit("nginx.service"));
  EXPECT_THAT(check(registry({web, allocation("idle", "8080")}), {listener("80", "nginx"), listener("22", "sshd")}),
              IsEmpty());
  EXPECT_THAT(check({}, {}), IsEmpty());
}

TEST(CheckUp, CannotTellWhoseAHolderIs) {
  EXPECT_THAT(check(registry({allocation("web", "80")}), {nameless("80"), listener("80", "caddy")}), IsEmpty());
}

TEST(CheckUp, TwoAllocationsOfOnePortAreAConflictOnce) {
  const auto findings = check(registry({allocation("a", "8080-8090"), allocation("b", "8085")}), {});
  ASSERT_THAT(ids_of(findings), ElementsAre("double-allocation"));
  EXPECT_EQ(findings.front().severity, Severity::conflict);
  EXPECT_EQ(findings.front().service, "a");
}

TEST(CheckUp, ThePortOfAServiceInAnothersHandsIsAConflict) {
  const auto findings = check(registry({owned(allocation("proxy", "443"), unit("caddy.service")),
                                        owned(allocation("web", "80"), unit("nginx.service"))}),
                              {listener("80", "caddy")});
  ASSERT_THAT(ids_of(findings), ElementsAre("port-held"));
  EXPECT_THAT(findings.front().message, AllOf(HasSubstr("web"), HasSubstr("caddy (pid 812")));
}

TEST(CheckUp, WhoContestedAFixedPortIsAConflictUntilHeIsGone) {
  auto web = allocation("web", "80", Kind::fixed);
  web.contest = contest_with({listener("80", "caddy")});
  EXPECT_THAT(ids_of(check(registry({web}), {listener("80", "caddy")})), ElementsAre("port-held"));
  EXPECT_THAT(check(registry({web}), {}), IsEmpty());
}

TEST(CheckUp, AnotherOwnerThanTheRecordedIsADrift) {
  const auto web = owned(allocation("web", "80"), unit("nginx.service"));
  const auto findings = check(registry({web}), {listener("80", "caddy")});
  ASSERT_THAT(ids_of(findings), ElementsAre("foreign-owner"));
  EXPECT_EQ(findings.front().severity, Severity::drift);
}

TEST(CheckUp, AnOwnerOnAnotherPortIsADrift) {
  const auto web = owned(allocation("web", "80"), unit("nginx.service"));
  const auto findings = check(registry({web}), {listener("8080", "nginx")});
  ASSERT_THAT(ids_of(findings), ElementsAre("listens-elsewhere"));
  EXPECT_THAT(findings.front().message, HasSubstr("8080"));
}

TEST(CheckUp, AServiceIsAlsoFoundElsewhereByItsName) {
  EXPECT_THAT(ids_of(check(registry({allocation("nginx", "80")}), {listener("8080", "nginx")})),
              ElementsAre("listens-elsewhere"));
}

TEST(CheckUp, AnOwnerOnAnotherRegisteredPortIsWhereItShouldBe) {
  const auto admin = owned(allocation("web/admin", "8080"), unit("nginx.service"));
  const auto web = owned(allocation("web", "80"), unit("nginx.service"));
  EXPECT_THAT(check(registry({web, admin}), {listener("8080", "nginx")}), IsEmpty());
}

TEST(CheckUp, AnInterpreterOnAnotherPortMayBeAnybody) {
  const auto app = owned(allocation("app", "5000"), {Owner::Kind::exe, "/usr/sbin/python3"});
  auto python = listener("8080", "python3");
  python.unit.clear();
  EXPECT_THAT(check(registry({app}), {python}), IsEmpty());
}

TEST(CheckUp, LoopbackThatIsOpenEverywhereIsADrift) {
  const auto database = owned(allocation("database", "127.0.0.1:5432"), unit("postgres.service"));
  EXPECT_THAT(ids_of(check(registry({database}), {listener("0.0.0.0:5432", "postgres")})), ElementsAre("open-wider"));
  EXPECT_THAT(check(registry({database}), {listener("127.0.0.1:5432", "postgres")}), IsEmpty());
}

TEST(CheckUp, EphemeralPortsAreARiskUnlessTheKernelKeepsThem) {
  const auto findings = check(registry({allocation("a", "40005"), allocation("b", "50000")}), {});
  ASSERT_THAT(ids_of(findings), ElementsAre("ephemeral-port"));
  EXPECT_EQ(findings.front().service, "b");
  EXPECT_EQ(findings.front().severity, Severity::risk);
}

TEST(CheckUp, HoldersAreHeldAgainstEachOther) {
  EXPECT_THAT(ids_of(check({}, {declared("80", "a", true), declared("80", "b", true)})),
              ElementsAre("latent-conflict"));
}

TEST(CheckUp, AProxyWithoutItsContainerIsStale) {
  Census census{{listener("8080", "docker-proxy")}, {}};
  census.answered = {Source::container};
  EXPECT_THAT(ids_of(check_up({}, census, kernel)), ElementsAre("stale-docker-proxy"));
}

TEST(CheckUp, TellsTheWorstFirst) {
  const auto findings = check(registry({allocation("b", "50000"), allocation("c", "50000"),
                                        owned(allocation("web", "80"), unit("nginx.service"))}),
                              {listener("80", "caddy")});
  EXPECT_THAT(ids_of(findings), ElementsAre("double-allocation", "foreign-owner", "ephemeral-port", "ephemeral-port"));
}

TEST(CheckUp, ForeignNamesAreHarmless) {
  auto evil = listener("80", "x");
  evil.unit = "\x1b[2J.service";
  const auto findings = check(registry({owned(allocation("web", "80"), unit("nginx.service"))}), {evil});
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.front().message.find('\x1b'), std::string::npos);
}

TEST(Unregistered, ListenersAreFoundOnceAPort) {
  const auto registered = registry({allocation("web", "80")});
  const auto findings = unregistered_listeners(
      registered, {{listener("80"), listener("22", "sshd"), listener("22", "sshd"), nameless("99", HolderState::bound),
                    published("8080", "web"), of_container("9090", "stopped", HolderState::configured)},
                   {}});
  EXPECT_THAT(ids_of(findings), ElementsAre("unregistered-listener", "unregistered-listener"));
  EXPECT_EQ(findings.front().endpoint.ports.first, 22);
  EXPECT_EQ(findings.back().endpoint.ports.first, 8080);
}

}  // namespace
}  // namespace berth
