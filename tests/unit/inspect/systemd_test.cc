#include "inspect/systemd.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "scratch_directory.h"

namespace berth::inspect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* admin = "etc/systemd/system/";
constexpr const char* runtime = "run/systemd/system/";
constexpr const char* vendor = "usr/lib/systemd/system/";

std::string listens(const std::string& value) { return "[Socket]\nListenStream=" + value + "\n"; }

Question everything() { return {.sources = Sources::all}; }

class SystemdTree : public testing::Test {
 protected:
  void unit(const std::string& directory, const std::string& name, const std::string& text) const {
    root_.write(directory + name, text);
  }
  void wants(const std::string& directory, const std::string& name,
             const std::string& owner = "sockets.target.wants") const {
    root_.link(directory + owner + "/" + name, "../" + name);
  }
  Census look(const Question& question = everything()) const {
    return SystemdInspector(root_.path()).inspect(question);
  }
  // "x.socket [::]:80/tcp", with " enabled" behind it.
  std::vector<std::string> units() const {
    std::vector<std::string> written;
    for (const auto& holder : look().holders) {
      written.push_back(holder.unit + " " + to_string(holder.endpoint) + (holder.enabled == true ? " enabled" : ""));
    }
    return written;
  }

  tests::ScratchDirectory root_;
};

TEST_F(SystemdTree, HasDeclaredHolders) {
  unit(vendor, "x.socket", "[Socket]\nListenStream=80\nListenDatagram=127.0.0.1:53\n");
  wants(admin, "x.socket");
  const auto census = look();
  ASSERT_EQ(census.holders.size(), 2U);
  const auto& holder = census.holders[1];
  EXPECT_EQ(holder.source, Source::systemd);
  EXPECT_EQ(holder.state, HolderState::declared);
  EXPECT_EQ(to_string(holder.endpoint), "127.0.0.1:53/udp");
  EXPECT_EQ(holder.unit, "x.socket");
  EXPECT_EQ(holder.activates, "x.service");
  EXPECT_EQ(holder.enabled, true);
  EXPECT_EQ(holder.pid, std::nullopt);
  EXPECT_THAT(census.blind_spots, IsEmpty());
  EXPECT_THAT(census.answered, ElementsAre(Source::systemd));
}

TEST_F(SystemdTree, WithoutUnitsAnswersAll) {
  const auto census = look();
  EXPECT_THAT(census.holders, IsEmpty());
  EXPECT_THAT(census.blind_spots, IsEmpty());
  EXPECT_THAT(census.answered, ElementsAre(Source::systemd));
}

TEST_F(SystemdTree, KeepsTwoUnitsOfOnePortApart) {
  unit(vendor, "a.socket", listens("80"));
  unit(vendor, "b.socket", listens("80"));
  EXPECT_THAT(units(), ElementsAre("a.socket [::]:80/tcp", "b.socket [::]:80/tcp"));
}

TEST_F(SystemdTree, IsOverriddenInTheOrderOfPrecedence) {
  const std::vector<std::string> directories{
      "etc/systemd/system.control/",   "run/systemd/system.control/",  "run/systemd/transient/",
      "run/systemd/generator.early/",  "etc/systemd/system/",          "etc/systemd/system.attached/",
      "run/systemd/system/",           "run/systemd/system.attached/", "run/systemd/generator/",
      "usr/local/lib/systemd/system/", "lib/systemd/system/",          "usr/lib/systemd/system/",
      "run/systemd/generator.late/"};
  for (std::size_t i = directories.size(); i-- > 0;) {
    unit(directories[i], "x.socket", listens(std::to_string(1000 + i)));
    EXPECT_THAT(units(), ElementsAre("x.socket [::]:" + std::to_string(1000 + i) + "/tcp"));
  }
}

TEST_F(SystemdTree, IsReadOnceWhereLibIsALink) {
  root_.link("lib", "usr/lib");
  unit(vendor, "x.socket", listens("80"));
  unit(vendor, "x.socket.d/a.conf", listens("81"));
  EXPECT_THAT(units(), ElementsAre("x.socket [::]:80/tcp", "x.socket [::]:81/tcp"));
}

TEST_F(SystemdTree, IsEnabledByAnyLink) {
  struct Case {
    std::string directory;
    std::string owner;
  };
  unsigned port = 1000;
  for (const auto& [directory, owner] :
       {Case{admin, "sockets.target.wants"}, Case{runtime, "sockets.target.wants"},
        Case{vendor, "sockets.target.wants"}, Case{"run/systemd/generator/", "sockets.target.wants"},
        Case{admin, "multi-user.target.requires"}, Case{admin, "y.service.upholds"}}) {
    const auto name = "x" + std::to_string(++port) + ".socket";
    unit(vendor, name, listens(std::to_string(port)));
    wants(directory, name, owner);
    EXPECT_EQ(look().holders.back().unit, name);
    EXPECT_EQ(look().holders.back().enabled, true) << directory << owner;
  }
}

TEST_F(SystemdTree, IsDisabledWithoutALink) {
  unit(vendor, "disabled.socket", listens("80") + "[Install]\nWantedBy=sockets.target\n");
  unit(vendor, "static.socket", listens("81"));
  unit(vendor, "indirect.socket", listens("82") + "[Install]\nAlso=disabled.socket\n");
  EXPECT_THAT(units(),
              ElementsAre("disabled.socket [::]:80/tcp", "indirect.socket [::]:82/tcp", "static.socket [::]:81/tcp"));
}

TEST_F(SystemdTree, IsDisabledByALinkToNothing) {
  unit(vendor, "x.socket", listens("80"));
  wants(vendor, "x.socket");
  root_.link(std::string(admin) + "sockets.target.wants/x.socket", "/dev/null");
  EXPECT_THAT(units(), ElementsAre("x.socket [::]:80/tcp"));
}

TEST_F(SystemdTree, IsNotEnabledByACopyOfTheFile) {
  unit(vendor, "x.socket", listens("80"));
  unit(admin, "sockets.target.wants/x.socket", listens("80"));
  EXPECT_THAT(units(), ElementsAre("x.socket [::]:80/tcp"));
}

TEST_F(SystemdTree, LacksMaskedUnits) {
  unit(vendor, "linked.socket", listens("80"));
  unit(vendor, "empty.socket", listens("81"));
  unit(vendor, "relative.socket", listens("82"));
  for (const auto* name : {"linked.socket", "empty.socket", "relative.socket"}) wants(vendor, name);
  root_.link(std::string(admin) + "linked.socket", "/dev/null");
  root_.link(std::string(runtime) + "relative.socket", "../../../dev/null");
  unit(admin, "empty.socket", "");
  EXPECT_THAT(units(), IsEmpty());
}

TEST_F(SystemdTree, HasAUnitUnderItsOwnName) {
  unit(vendor, "x.socket", listens("80"));
  root_.link(std::string(admin) + "alias.socket", "/usr/lib/systemd/system/x.socket");
  wants(admin, "alias.socket");
  EXPECT_THAT(units(), ElementsAre("x.socket [::]:80/tcp enabled"));
}

TEST_F(SystemdTree, IgnoresALinkToTheSameName) {
  unit(vendor, "x.socket", listens("80"));
  root_.link(std::string(admin) + "x.socket", "/usr/lib/systemd/system/x.socket");
  EXPECT_THAT(units(), ElementsAre("x.socket [::]:80/tcp"));
}

TEST_F(SystemdTree, TakesLinksToFilesElsewhere) {
  root_.write("opt/app/app.socket", listens("80"));
  root_.link(std::string(admin) + "app.socket", "/opt/app/app.socket");
  root_.link(std::string(admin) + "broken.socket", "/opt/none.socket");
  EXPECT_THAT(units(), ElementsAre("app.socket [::]:80/tcp"));
}

TEST_F(SystemdTree, SurvivesLinksInACircle) {
  root_.link(std::string(admin) + "a.socket", "b.socket");
  root_.link(std::string(admin) + "b.socket", "a.socket");
  EXPECT_THAT(units(), IsEmpty());
  EXPECT_THAT(look().blind_spots, IsEmpty());
}

TEST_F(SystemdTree, AppliesDropInsByFileName) {
  unit(vendor, "a-b.socket", listens("80"));
  unit(vendor, "a-b.socket.d/20.conf", listens("82"));
  unit(admin, "a-b.socket.d/10.conf", listens("81"));
  unit(runtime, "a-.socket.d/30.conf", listens("83"));
  unit(admin, "socket.d/40.conf", listens("84"));
  unit(vendor, "a-b.socket.d/ignored", listens("99"));
  unit(vendor, "other.socket.d/10.conf", listens("99"));
  EXPECT_THAT(units(), ElementsAre("a-b.socket [::]:80/tcp", "a-b.socket [::]:81/tcp", "a-b.socket [::]:82/tcp",
                                   "a-b.socket [::]:83/tcp", "a-b.socket [::]:84/tcp"));
}

TEST_F(SystemdTree, TakesOneOfTwoDropInsOfOneName) {
  unit(vendor, "x.socket", listens("80"));
  unit(vendor, "x.socket.d/10.conf", listens("81"));
  unit(admin, "x.socket.d/10.conf", listens("82"));
  unit(admin, "socket.d/10.conf", listens("83"));
  unit(vendor, "x.socket.d/20.conf", listens("84"));
  root_.link(std::string(runtime) + "x.socket.d/20.conf", "/dev/null");
  EXPECT_THAT(units(), ElementsAre("x.socket [::]:80/tcp", "x.socket [::]:82/tcp"));
}

TEST_F(SystemdTree, ResetsByDropIn) {
  unit(vendor, "ssh.socket", listens("22"));
  unit(admin, "ssh.socket.d/port.conf", "[Socket]\nListenStream=\nListenStream=2222\n");
  EXPECT_THAT(units(), ElementsAre("ssh.socket [::]:2222/tcp"));
}

TEST_F(SystemdTree, TakesDropInsOfAnAlias) {
  unit(vendor, "x.socket", listens("80"));
  root_.link(std::string(admin) + "alias.socket", "/usr/lib/systemd/system/x.socket");
  unit(admin, "alias.socket.d/a.conf", listens("81"));
  EXPECT_THAT(units(), ElementsAre("x.socket [::]:80/tcp", "x.socket [::]:81/tcp"));
}

TEST_F(SystemdTree, HasInstancesButNoTemplates) {
  unit(vendor, "x@.socket", listens("%i"));
  unit(vendor, "unused@.socket", listens("80"));
  root_.link(std::string(admin) + "sockets.target.wants/x@7090.socket", "/usr/lib/systemd/system/x@.socket");
  root_.link(std::string(admin) + "x@7091.socket", "/usr/lib/systemd/system/x@.socket");
  unit(vendor, "x@.socket.d/a.conf", listens("127.0.0.1:%i"));
  unit(vendor, "x@7091.socket.d/b.conf", listens("7092"));
  EXPECT_THAT(units(), ElementsAre("x@7090.socket [::]:7090/tcp enabled", "x@7090.socket 127.0.0.1:7090/tcp enabled",
                                   "x@7091.socket [::]:7091/tcp", "x@7091.socket 127.0.0.1:7091/tcp",
                                   "x@7091.socket [::]:7092/tcp"));
  EXPECT_EQ(look().holders.front().activates, "x@7090.service");
}

TEST_F(SystemdTree, LacksInstancesOfAMaskedTemplate) {
  unit(vendor, "x@.socket", listens("%i"));
  root_.link(std::string(admin) + "x@.socket", "/dev/null");
  wants(admin, "x@7090.socket");
  EXPECT_THAT(units(), IsEmpty());
}

TEST_F(SystemdTree, AnswersTheQuestionAlone) {
  unit(vendor, "a.socket", listens("80"));
  unit(vendor, "b.socket", listens("127.0.0.1:81"));
  auto question = everything();
  question.about = Endpoint{Address::parse("127.0.0.2").value(), Protocol::tcp_udp, {80, 81}};
  const auto census = look(question);
  ASSERT_EQ(census.holders.size(), 1U);
  EXPECT_EQ(census.holders[0].unit, "a.socket");
}

TEST_F(SystemdTree, KeepsToTheDeadline) {
  unit(vendor, "a.socket", listens("80"));
  auto question = everything();
  question.deadline = std::chrono::steady_clock::now();
  const auto census = look(question);
  ASSERT_EQ(census.blind_spots.size(), 1U);
  EXPECT_TRUE(census.blind_spots[0].hides_holders);
  EXPECT_THAT(census.answered, IsEmpty());
}

TEST_F(SystemdTree, TellsOfPortsThatCannotBeTold) {
  unit(vendor, "x.socket", "[Socket]\nListenStream=80\nListenStream=%H:81\n");
  const auto census = look();
  EXPECT_EQ(census.holders.size(), 1U);
  ASSERT_EQ(census.blind_spots.size(), 1U);
  EXPECT_EQ(census.blind_spots[0].source, "systemd");
  EXPECT_EQ(census.blind_spots[0].why,
            "x.socket (/usr/lib/systemd/system/x.socket, line 3): only the running systemd knows what "
            "ListenStream=%H:81 stands for");
  EXPECT_TRUE(census.blind_spots[0].hides_holders);
}

TEST_F(SystemdTree, TellsOnlyOfTheProtocolInQuestion) {
  unit(vendor, "x.socket", listens("%H:81"));
  auto question = everything();
  question.about = Endpoint{{}, Protocol::udp, {81, 81}};
  EXPECT_THAT(look(question).blind_spots, IsEmpty());
}

TEST_F(SystemdTree, TellsOfWhatSystemdIgnoresWithoutDoubtingItself) {
  unit(vendor, "x.socket", listens("web"));
  const auto census = look();
  ASSERT_EQ(census.blind_spots.size(), 1U);
  EXPECT_THAT(census.blind_spots[0].why, HasSubstr("systemd ignores it"));
  EXPECT_FALSE(census.blind_spots[0].hides_holders);
}

TEST_F(SystemdTree, TellsOfFilesThatCannotBeRead) {
  // A directory instead of the file: it cannot be read even by root.
  root_.make_directory(std::string(vendor) + "x.socket");
  unit(vendor, "y.socket", listens("80"));
  const auto census = look();
  EXPECT_EQ(census.holders.size(), 1U);
  ASSERT_EQ(census.blind_spots.size(), 1U);
  EXPECT_THAT(census.blind_spots[0].why, HasSubstr(root_.path("usr/lib/systemd/system/x.socket")));
  EXPECT_TRUE(census.blind_spots[0].hides_holders);
}

TEST_F(SystemdTree, TellsOfARootThatIsMissing) {
  SystemdInspector inspector(root_.path("none"));
  EXPECT_TRUE(inspector.is_present());
  const auto census = inspector.inspect(everything());
  ASSERT_EQ(census.blind_spots.size(), 1U);
  EXPECT_THAT(census.blind_spots[0].why, HasSubstr("No such file or directory"));
  EXPECT_THAT(census.answered, IsEmpty());
}

}  // namespace
}  // namespace berth::inspect
