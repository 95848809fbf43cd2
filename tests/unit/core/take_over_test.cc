#include "core/take_over.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "unit/core/written.h"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using tests::allocation;
using tests::listener;
using tests::of_container;
using tests::owned;
using tests::published;
using tests::registry;
using tests::unit;

constexpr KernelRanges kernel_of_tests() {
  return {.ephemeral = PortRange{32768, 60999}, .reserved = {}, .unprivileged_start = 1024};
}

// A service of a compose project, as the file on line `line` says.
Found in_compose(std::string_view project, std::string_view service, std::string_view spec, Port target = 80) {
  Found found{.source = "compose", .file = "/srv/" + std::string(project) + "/compose.yaml", .line = 4};
  found.group = project;
  found.member = service;
  found.endpoint = tests::endpoint(spec);
  found.target = PortRange{target, target};
  found.owner = {Owner::Kind::compose, found.group + "/" + found.member};
  return found;
}

// A port of a web server's configuration.
Found in_file_of(std::string_view program, std::string_view spec) {
  Found found{.source = std::string(program), .file = "/etc/" + std::string(program), .line = 3};
  found.group = program;
  found.endpoint = tests::endpoint(spec);
  return found;
}

Holder of_compose(std::string_view spec, std::string_view project, std::string_view service) {
  auto holder = published(spec, std::string(project) + "-" + std::string(service) + "-1");
  holder.compose = Compose{std::string(project), std::string(service)};
  return holder;
}

struct Server {
  std::vector<Holder> holders = {};
  std::vector<Found> found = {};
  Registry registered = {};

  TakeOver plan(Reach reach = Reach::everything) const {
    return take_over(registered, claims_of({holders, {}}, kernel_of_tests()), {found, {}}, reach, tests::now);
  }
};

// "add web 80/tcp fixed", "skip - 80/tcp", "skip - -" for a port that is not known.
std::vector<std::string> lines_of(const TakeOver& take) {
  std::vector<std::string> lines;
  for (const auto& [what, allocation, because, has_port, party, match] : take.plan.changes) {
    auto line = std::string(to_string(what)) + " " + (allocation.service.empty() ? "-" : allocation.service);
    line += " " + (has_port ? to_string(allocation.endpoint) : "-");
    if (what == PlannedChange::What::add) line.append(" ").append(to_string(allocation.kind));
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> services_of(const TakeOver& take) {
  std::vector<std::string> services;
  for (const auto& named : take.found) services.push_back(named.service);
  return services;
}

TEST(TakeOver, OfNothingIsNothing) {
  EXPECT_THAT(lines_of(Server{}.plan()), IsEmpty());
  EXPECT_THAT(Server{}.plan().found, IsEmpty());
}

TEST(TakeOver, WhatIsThereBecomesFixedAndWhatIsWrittenFlexible) {
  const auto take = Server{{listener("80")}, {in_compose("blog", "web", "8080")}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("add nginx 80/tcp fixed", "add blog 8080/tcp flexible"));
  EXPECT_THAT(services_of(take), ElementsAre("nginx", "blog"));
}

TEST(TakeOver, WritesDownAllThatIsKnown) {
  const auto take = Server{{listener("80")}, {in_compose("blog", "web", "8080")}}.plan();
  const auto& nginx = take.plan.changes.at(0).allocation;
  EXPECT_EQ(nginx.owner, unit("nginx.service"));
  EXPECT_EQ(nginx.since, tests::now);
  EXPECT_FALSE(nginx.preferred);
  const auto& blog = take.plan.changes.at(1).allocation;
  EXPECT_EQ(blog.owner, (Owner{Owner::Kind::compose, "blog/web"}));
  EXPECT_EQ(blog.preferred, Port{8080});
  EXPECT_THAT(take.plan.changes.at(1).because, HasSubstr("/srv/blog/compose.yaml:4"));
}

TEST(TakeOver, AContainerThatIsStoppedMayBeMoved) {
  EXPECT_THAT(lines_of(Server{{of_container("8080", "web", HolderState::configured)}}.plan()),
              ElementsAre("add web 8080/tcp flexible"));
}

TEST(TakeOver, AFileAboutWhatIsThereIsOneClaimWithIt) {
  const auto compose = Server{{of_compose("8080", "blog", "web")}, {in_compose("blog", "web", "8080")}}.plan();
  EXPECT_THAT(lines_of(compose), ElementsAre("add blog 8080/tcp fixed"));
  EXPECT_THAT(services_of(compose), ElementsAre("blog", "blog"));
  EXPECT_THAT(lines_of(Server{{listener("80")}, {in_file_of("nginx", "80")}}.plan()),
              ElementsAre("add nginx 80/tcp fixed"));
  EXPECT_THAT(lines_of(Server{{listener("80", "apache2")}, {in_file_of("apache", "80")}}.plan()),
              ElementsAre("add apache2 80/tcp fixed"));
}

TEST(TakeOver, AProjectOfAnotherNameIsKnownByItsOwner) {
  auto written = in_compose("other", "x", "80");
  written.owner = unit("nginx.service");
  EXPECT_THAT(lines_of(Server{{listener("80")}, {written}}.plan()), ElementsAre("add other 80/tcp fixed"));
}

TEST(TakeOver, TheWholeRangeIsTakenOfWhichAPortIsSeen) {
  Server server{{of_compose("9000", "blog", "web"), of_compose("9002", "blog", "web")},
                {in_compose("blog", "web", "9000-9004")}};
  EXPECT_THAT(lines_of(server.plan()), ElementsAre("add blog 9000-9004/tcp fixed"));
  EXPECT_THAT(services_of(server.plan()), ElementsAre("blog", "blog", "blog"));
}

TEST(TakeOver, TheDifferenceToTheFileIsTold) {
  const auto take = Server{{of_compose("9000-9001", "blog", "web")}, {in_compose("blog", "web", "9001-9002")}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("add blog 9000-9001/tcp fixed"));
  EXPECT_THAT(take.plan.changes.at(0).because, HasSubstr("says 9001-9002"));
}

TEST(TakeOver, AContainerThatRunsElsewhereThanItsFileSaysIsLeftThere) {
  const auto take = Server{{of_compose("8081", "blog", "web")}, {in_compose("blog", "web", "8080")}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("skip - 8080/tcp", "add blog 8081/tcp fixed"));
  EXPECT_THAT(take.plan.changes.at(0).because, HasSubstr("it is running on 8081"));
}

TEST(TakeOver, WhatCannotBeKnownIsSkippedWithTheReason) {
  auto variable = in_compose("blog", "web", "1");
  variable.state = Found::State::unresolved;
  variable.endpoint.reset();
  variable.raw = "${PORT}:80";
  variable.variables = {"PORT", "HOST"};
  auto chosen = variable;
  chosen.state = Found::State::ephemeral;
  chosen.raw = "80";
  auto host_name = variable;
  host_name.variables.clear();
  host_name.why = "the address is a name";
  const auto take = Server{{}, {variable, chosen, host_name}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("skip - -", "skip - -", "skip - -"));
  EXPECT_THAT(take.plan.changes.at(0).because, HasSubstr("${PORT}:80: no value for PORT, HOST"));
  EXPECT_THAT(take.plan.changes.at(1).because, HasSubstr("chooses the port at each start"));
  EXPECT_THAT(take.plan.changes.at(2).because, HasSubstr("the address is a name"));
}

TEST(TakeOver, WhatNobodyCanNameIsSkippedWithTheWayOut) {
  const auto take = Server{{tests::nameless("127.0.0.1:7000"), listener("40000/udp", "dig")}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("skip - 127.0.0.1:7000/tcp", "skip - 40000/udp"));
  EXPECT_THAT(take.plan.changes.at(0).because, HasSubstr("--running NAME=127.0.0.1:7000"));
  EXPECT_THAT(take.plan.changes.at(1).because, HasSubstr("may be another one next time"));
}

// Whoever it is: the port cannot be promised to the file's.
TEST(TakeOver, NothingIsTakenFromSomebodyWhoIsSkipped) {
  const auto take = Server{{tests::nameless("8080")}, {in_compose("blog", "web", "8080")}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("skip - 8080/tcp", "conflict - 8080/tcp"));
}

TEST(TakeOver, APortThatSeemsRandomIsTakenIfAFileSaysIt) {
  EXPECT_THAT(lines_of(Server{{listener("40000/udp", "nginx")}, {in_file_of("nginx", "40000/udp")}}.plan()),
              ElementsAre("add nginx 40000/udp fixed"));
}

TEST(TakeOver, WhatIsThereGetsThePortThatTwoWant) {
  const auto take = Server{{listener("8080", "tomcat")}, {in_compose("blog", "web", "8080")}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("add tomcat 8080/tcp fixed", "conflict - 8080/tcp"));
  EXPECT_THAT(take.plan.changes.at(1).because, HasSubstr("but tomcat (pid 812"));
}

TEST(TakeOver, WhoHasLostThePortHasLostItTheNextTimeToo) {
  const Server server{{listener("8080", "tomcat")},
                      {in_compose("blog", "web", "8080")},
                      registry({owned(allocation("tomcat", "8080"), unit("tomcat.service"))})};
  EXPECT_THAT(lines_of(server.plan()), ElementsAre("keep tomcat 8080/tcp", "conflict - 8080/tcp"));
}

TEST(TakeOver, OfTwoThatAreOnlyWrittenDownNeitherGetsThePort) {
  const auto take = Server{{}, {in_compose("a", "web", "8080"), in_compose("b", "web", "8080-8081")}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("conflict - 8080/tcp", "conflict - 8080-8081/tcp"));
  EXPECT_THAT(take.plan.changes.at(0).because, HasSubstr("so does /srv/b/compose.yaml:4"));
  EXPECT_THAT(services_of(take), ElementsAre("", ""));
}

TEST(TakeOver, WhoHasLostAgainstWhatIsThereIsNobodysRival) {
  const auto files = {in_compose("a", "web", "8080-8081"), in_compose("b", "web", "8080")};
  const auto take = Server{{listener("8081", "tomcat")}, files}.plan();
  EXPECT_THAT(lines_of(take),
              ElementsAre("add tomcat 8081/tcp fixed", "conflict - 8080-8081/tcp", "add b 8080/tcp flexible"));
}

TEST(TakeOver, AFileThatSaysItTwiceIsOneClaim) {
  const auto take =
      Server{{}, {in_file_of("nginx", "80"), in_file_of("nginx", "80"), in_file_of("nginx", "127.0.0.1:80")}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("add nginx 80/tcp flexible"));
  EXPECT_THAT(services_of(take), ElementsAre("nginx", "nginx", "nginx"));
}

TEST(TakeOver, AllAddressesOfOneFamilyAreAllOfBoth) {
  const auto files = {in_file_of("nginx", "0.0.0.0:80"), in_file_of("nginx", "[::!]:80"),
                      in_file_of("nginx", "[::]:443")};
  EXPECT_THAT(lines_of(Server{{}, files}.plan()),
              ElementsAre("add nginx 80/tcp flexible", "add nginx/443 443/tcp flexible"));
}

// What the registry says of a v6-only socket is what it says of one for both families.
TEST(TakeOver, NothingIsRegisteredThatOverlapsWhenItIsReadAgain) {
  const auto take = Server{{listener("0.0.0.0:80"), listener("[::!]:80", "caddy")}}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("add nginx 0.0.0.0:80/tcp fixed", "conflict - [::]:80/tcp"));
}

TEST(TakeOver, WhatAPartyWritesTwiceAndNotTheSameIsOneClaimForAllOfIt) {
  const auto files = {in_compose("blog", "web", "8081"), in_compose("blog", "web", "8084"),
                      in_compose("blog", "web", "127.0.0.1:8080-8084/tcp")};
  const auto take = Server{{}, files}.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("add blog 8080-8084/tcp flexible"));
  EXPECT_THAT(services_of(take), ElementsAre("blog", "blog", "blog"));
}

// Its neighbour on another address stays a service of its own, with a port that nobody else gets.
TEST(TakeOver, AFileAboutTwoSocketsLeavesNoneOfThemOut) {
  const Server server{{listener("127.0.0.1:80"), listener("127.0.0.2:80"), listener("127.0.0.3:80", "caddy")},
                      {in_file_of("nginx", "80")}};
  EXPECT_THAT(lines_of(server.plan()),
              UnorderedElementsAre("add nginx 127.0.0.1:80/tcp fixed", "add nginx/80 127.0.0.2:80/tcp fixed",
                                   "add caddy 127.0.0.3:80/tcp fixed"));
}

TEST(TakeOver, TwoWithoutANameAreNotOneParty) {
  EXPECT_THAT(lines_of(Server{{tests::nameless("8080")}, {in_file_of("", "8080")}}.plan()),
              ElementsAre("skip - 8080/tcp", "conflict - 8080/tcp"));
}

TEST(TakeOver, WhatJoinsSomethingThatIsJoinedIsTheSameService) {
  // The second file's range takes the second port in, of which the first file spoke.
  const Server server{{of_compose("9000", "blog", "web"), of_compose("9001", "blog", "web")},
                      {in_compose("blog", "web", "9001"), in_compose("blog", "web", "9000-9001")}};
  EXPECT_THAT(lines_of(server.plan()), ElementsAre("add blog 9000-9001/tcp fixed"));
  EXPECT_THAT(services_of(server.plan()), ElementsAre("blog", "blog", "blog", "blog"));
}

TEST(TakeOver, WhatIsRegisteredIsKeptWhateverItIsCalled) {
  const Server server{{listener("80")},
                      {in_compose("blog", "web", "8080")},
                      registry({allocation("frontend", "80"), allocation("weblog", "8080")})};
  EXPECT_THAT(lines_of(server.plan()), ElementsAre("keep frontend 80/tcp", "keep weblog 8080/tcp"));
}

TEST(TakeOver, APortThatIsRegisteredForSomebodyElseIsAConflict) {
  const Server server{{listener("80")}, {}, registry({owned(allocation("web", "80"), unit("caddy.service"))})};
  EXPECT_THAT(lines_of(server.plan()), ElementsAre("conflict web 80/tcp"));
  EXPECT_THAT(server.plan().plan.changes.at(0).because, HasSubstr("allocated to web: berth who 80"));
}

TEST(TakeOver, ANameThatIsRegisteredIsNotGivenAgain) {
  EXPECT_THAT(lines_of(Server{{listener("80")}, {}, registry({allocation("nginx", "8080")})}.plan()),
              ElementsAre("add nginx/80 80/tcp fixed", "keep nginx 8080/tcp"));
}

TEST(TakeOver, WhatIsRegisteredAndFoundNowhereIsSaid) {
  const Server server{{listener("80")}, {}, registry({allocation("nginx", "80"), allocation("wiki", "8090")})};
  const auto take = server.plan();
  EXPECT_THAT(lines_of(take), ElementsAre("keep nginx 80/tcp", "keep wiki 8090/tcp"));
  EXPECT_EQ(take.plan.changes.at(0).match, PlannedChange::Match::whole);
  EXPECT_EQ(take.plan.changes.at(1).match, PlannedChange::Match::none);
  EXPECT_EQ(take.plan.changes.at(1).because, "registered, but not found here");
  EXPECT_FALSE(take.plan.adds() || take.plan.has_conflicts());
  // Who has looked at a few files alone has not looked for it.
  EXPECT_THAT(lines_of(server.plan(Reach::files)), IsEmpty());
}

// What a port says that is found where more of it is than is registered.
std::string in_part(const Server& server) {
  const auto take = server.plan();
  std::string found;
  for (const auto& change : take.plan.changes) {
    EXPECT_FALSE(change.what == PlannedChange::What::add) << change.because;
    if (change.match != PlannedChange::Match::part) continue;
    found += to_string(change.allocation.endpoint) + ": " + change.because.substr(change.because.find("; ") + 2);
  }
  return found;
}

TEST(TakeOver, OfWhatIsRegisteredInPartTheRestIsTold) {
  EXPECT_EQ(in_part({{listener("80")}, {}, registry({allocation("nginx", "127.0.0.1:80")})}),
            "80/tcp: registered for 127.0.0.1:80/tcp alone: berth register nginx 80 fixed");
  EXPECT_EQ(in_part({{listener("53", "dns"), listener("53/udp", "dns")}, {}, registry({allocation("dns", "53")})}),
            "53/tcp+udp: registered for 53/tcp alone: berth register dns 53/tcp+udp fixed");
  EXPECT_EQ(in_part({{}, {in_compose("blog", "web", "8080-8082")}, registry({allocation("weblog", "8079-8080")})}),
            "8080-8082/tcp: registered for 8079-8080/tcp alone: berth register weblog 8079-8082 flexible");
}

TEST(TakeOver, OfWhatSeveralHaveInPartTheRestIsTold) {
  const auto jitsi = of_compose("4443-4446", "jitsi", "jvb");
  EXPECT_EQ(in_part({{jitsi}, {}, registry({allocation("a", "4443"), allocation("b", "4445")})}),
            "4443-4446/tcp: registered for 4443/tcp as a, 4445/tcp as b alone: berth register NAME 4444 fixed");
  EXPECT_EQ(
      in_part({{listener("80")}, {}, registry({allocation("a", "127.0.0.1:80"), allocation("b", "10.0.0.1:80")})}),
      "80/tcp: registered for 127.0.0.1:80/tcp as a, 10.0.0.1:80/tcp as b alone: berth who 80");
}

TEST(TakeOver, WhatSeveralHaveTogetherIsRegistered) {
  const Server server{
      {listener("80"), listener("80/udp")}, {}, registry({allocation("a", "80"), allocation("b", "80/udp")})};
  EXPECT_EQ(in_part(server), "");
  EXPECT_THAT(lines_of(server.plan()), ElementsAre("keep a 80/tcp", "keep b 80/udp"));
}

TEST(TakeOver, APartThatIsSomebodyElsesIsAConflict) {
  const Server server{
      {listener("80")}, {}, registry({owned(allocation("web", "127.0.0.1:80"), unit("caddy.service"))})};
  EXPECT_THAT(lines_of(server.plan()), ElementsAre("conflict web 80/tcp"));
  EXPECT_THAT(server.plan().plan.changes.at(0).because,
              HasSubstr("but 127.0.0.1:80/tcp is allocated to web: berth who 127.0.0.1:80"));
  // Also if it is not the first of two.
  const Server two{{listener("80"), listener("80/udp")},
                   {},
                   registry({allocation("a", "80"), owned(allocation("b", "80/udp"), unit("caddy.service"))})};
  EXPECT_THAT(lines_of(two.plan()), ElementsAre("conflict b 80/tcp+udp"));
}

// gitea's web server and its SSH server.
TEST(TakeOver, TheNameGoesToThePortThatTheFileDeclaresFirst) {
  const std::vector<Holder> holders{of_compose("2222", "blog", "web"), of_compose("3000", "blog", "web")};
  const std::vector<Found> files{in_compose("blog", "web", "3000", 3000), in_compose("blog", "web", "2222", 2200)};
  EXPECT_THAT(lines_of(Server{{}, files}.plan()),
              ElementsAre("add blog 3000/tcp flexible", "add blog/2200 2222/tcp flexible"));
  EXPECT_THAT(lines_of(Server{holders, files}.plan()),
              ElementsAre("add blog/80 2222/tcp fixed", "add blog 3000/tcp fixed"));
  EXPECT_THAT(lines_of(Server{{holders.at(0)}, files}.plan()),
              ElementsAre("add blog/80 2222/tcp fixed", "add blog 3000/tcp flexible"));
}

TEST(TakeOver, OfListenersTheNameGoesToTheLowestThatIsNotForSsh) {
  EXPECT_THAT(
      lines_of(Server{{listener("2222", "gitea"), listener("3000", "gitea"), listener("6060", "gitea")}}.plan()),
      ElementsAre("add gitea/2222 2222/tcp fixed", "add gitea 3000/tcp fixed", "add gitea/6060 6060/tcp fixed"));
}

TEST(TakeOver, TheNameIsKeptForAPortThatIsNotKnownYet) {
  auto main = in_compose("blog", "web", "1");
  main.state = Found::State::unresolved;
  main.endpoint.reset();
  main.variables = {"PORT"};
  const auto side = in_compose("blog", "web", "9443", 443);
  EXPECT_THAT(lines_of(Server{{}, {main, side}}.plan()), ElementsAre("skip - -", "add blog/443 9443/tcp flexible"));
  // It is the port of the container that is there.
  EXPECT_THAT(lines_of(Server{{of_compose("8080", "blog", "web")}, {main, side}}.plan()),
              ElementsAre("skip - -", "add blog 8080/tcp fixed", "add blog/443 9443/tcp flexible"));
  // What the machine chooses at each start has no name.
  main.state = Found::State::ephemeral;
  EXPECT_THAT(lines_of(Server{{}, {main, side}}.plan()), ElementsAre("skip - -", "add blog 9443/tcp flexible"));
}

TEST(TakeOver, TheNameIsKeptForAPortThatIsInConflict) {
  const auto files = {in_compose("blog", "web", "8080"), in_compose("blog", "web", "9443", 443)};
  EXPECT_THAT(lines_of(Server{{listener("8080", "tomcat")}, files}.plan()),
              ElementsAre("add tomcat 8080/tcp fixed", "conflict - 8080/tcp", "add blog/443 9443/tcp flexible"));
}

TEST(TakeOver, WhatIsRegisteredKeepsItsNameWhateverIsTheMainPort) {
  const Server server{{listener("2222", "gitea"), listener("3000", "gitea"), listener("6060", "gitea")},
                      {},
                      registry({allocation("gitea", "2222"), allocation("gitea/3000", "3000")})};
  EXPECT_THAT(lines_of(server.plan()),
              ElementsAre("keep gitea 2222/tcp", "keep gitea/3000 3000/tcp", "add gitea/6060 6060/tcp fixed"));
}

TEST(TakeOver, WhenOnlyFilesAreMeantTheRestIsLeftWhereItIs) {
  const Server server{{listener("80"), listener("22", "sshd"), of_compose("8080", "blog", "web")},
                      {in_compose("blog", "web", "8080"), in_compose("shop", "web", "80")}};
  const auto take = server.plan(Reach::files);
  EXPECT_THAT(lines_of(take), UnorderedElementsAre("add blog 8080/tcp fixed", "conflict - 80/tcp"));
  EXPECT_THAT(take.plan.changes.back().because, HasSubstr("but nginx (pid 812"));
}

}  // namespace
}  // namespace berth
