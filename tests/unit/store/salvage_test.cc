// The way back from a registry that is invalid or gone.
#include "store/salvage.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "contract/mutations.h"
#include "scratch_directory.h"
#include "store/codec.h"
#include "store/file_store.h"

namespace berth::store {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using tests::author;
using tests::put;
using tests::read_text;
using tests::write_text;

class Salvage : public testing::Test {
 protected:
  // Three revisions: web on 1, then on 2, then api.
  void live() {
    ASSERT_TRUE(store_.update(author, put("web", 1)));
    ASSERT_TRUE(store_.update(author, put("web", 2)));
    ASSERT_TRUE(store_.update(author, put("api", 3)));
    latest_ = store_.read().value();
  }
  void spoil() { write_text(path_, "{\"schema\": 1, \"revi"); }
  std::expected<std::uint64_t, Error> recover_as_it_was() {
    return store_.recover(author, [](Registry registry) { return Change{std::move(registry), {}}; });
  }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "registry.json";
  std::string history_ = directory_ / "registry.history.jsonl";
  FileStore store_{path_};
  Registry latest_;
};

TEST_F(Salvage, OfAGoodRegistryIsThatRegistry) {
  live();
  const auto known = store_.last_known().value();
  EXPECT_EQ(known.registry, latest_);
  EXPECT_FALSE(known.is_rebuilt);
}

TEST_F(Salvage, OfNothingIsNothing) {
  const auto known = store_.last_known().value();
  EXPECT_EQ(known.registry, Registry{});
  EXPECT_FALSE(known.is_rebuilt);
}

TEST_F(Salvage, LosesNothingThatWasAcknowledged) {
  live();
  spoil();
  const auto known = store_.last_known().value();
  EXPECT_TRUE(known.is_rebuilt);
  EXPECT_EQ(known.registry, latest_);
  EXPECT_EQ(store_.at(1).value().registry.find("web")->endpoint.ports.first, 1);
}

TEST_F(Salvage, OfARemovedRegistryToo) {
  live();
  std::filesystem::remove(path_);
  EXPECT_EQ(store_.last_known().value().registry, latest_);
  EXPECT_TRUE(store_.last_known().value().is_rebuilt);
}

TEST_F(Salvage, OfTheFirstRegistryNeedsTheHistoryAlone) {
  ASSERT_TRUE(store_.update(author, put("web", 1)));
  latest_ = store_.read().value();
  spoil();
  EXPECT_EQ(store_.last_known().value().registry, latest_);
}

TEST_F(Salvage, WithoutAHistoryIsTheRegistryBefore) {
  live();
  spoil();
  std::filesystem::remove(history_);
  EXPECT_EQ(store_.last_known().value().registry.revision, 2U);
  EXPECT_EQ(store_.previous().value().revision, 2U);
}

TEST_F(Salvage, WithoutAGoodRegistryBeforeIsTheHistoryFromItsBeginning) {
  live();
  spoil();
  write_text(path_ + ".previous", "{");
  EXPECT_EQ(store_.last_known().value().registry, latest_);
  EXPECT_EQ(store_.previous().error().code, ErrorCode::unreadable);
}

TEST_F(Salvage, OfNothingThatIsKeptIsTheErrorOfReading) {
  write_text(path_, "{");
  const auto error = store_.last_known().error();
  EXPECT_EQ(error.code, ErrorCode::unreadable);
  EXPECT_THAT(error.hint, AllOf(HasSubstr("rm "), Not(HasSubstr("restore"))));
  EXPECT_EQ(store_.previous().error().code, ErrorCode::negative);
}

TEST_F(Salvage, DoesNotTakeANewerBerthsFileForInvalid) {
  live();
  write_text(path_, "{\"schema\": 2}");
  EXPECT_THAT(store_.last_known().error().hint, HasSubstr("update berth"));
  EXPECT_FALSE(recover_as_it_was());
  EXPECT_EQ(read_text(path_), "{\"schema\": 2}");
}

// After rm the revisions begin again; what is kept is of the time before.
TEST_F(Salvage, DoesNotMixTwoLives) {
  live();
  std::filesystem::remove(path_);
  ASSERT_TRUE(store_.update(author, put("new", 9)));
  spoil();
  const auto known = store_.last_known().value().registry;
  EXPECT_EQ(known.revision, 1U);
  EXPECT_NE(known.find("new"), nullptr);
  EXPECT_EQ(known.find("web"), nullptr);
}

TEST_F(Salvage, RecoverGoesOnAndKeepsTheInvalidFileAside) {
  live();
  spoil();
  const auto broken = read_text(path_);
  const auto previous = read_text(path_ + ".previous");
  ASSERT_EQ(recover_as_it_was().value(), 4U);
  EXPECT_EQ(read_text(path_ + ".broken"), broken);
  EXPECT_EQ(read_text(path_ + ".previous"), previous);
  EXPECT_EQ(store_.read().value().allocations(), latest_.allocations());
  EXPECT_EQ(store_.history("").value().size(), 4U);
}

TEST_F(Salvage, RecoverOfAGoodRegistryIsAnUpdate) {
  live();
  const auto text = read_text(path_);
  ASSERT_TRUE(store_.recover(author, put("new", 9)));
  EXPECT_EQ(read_text(path_ + ".previous"), text);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".broken"));
}

TEST_F(Salvage, UpdateDoesNotRecover) {
  live();
  spoil();
  const auto broken = read_text(path_);
  EXPECT_EQ(store_.update(author, put("new", 9)).error().code, ErrorCode::unreadable);
  EXPECT_EQ(read_text(path_), broken);
}

TEST_F(Salvage, TheWayBackSaysAllOfThem) {
  live();
  spoil();
  const auto hint = store_.read().error().hint;
  EXPECT_THAT(hint, AllOf(HasSubstr("berth restore 3 --registry " + path_), HasSubstr("berth restore --previous"),
                          HasSubstr("goes back to revision 2"), HasSubstr("rm " + path_)));
}

TEST_F(Salvage, TheWayBackOfASymbolicLinkIsThatOfItsTarget) {
  live();
  spoil();
  const auto link = directory_ / "link.json";
  std::filesystem::create_symlink(path_, link);
  EXPECT_THAT(FileStore(link).read().error().hint, HasSubstr("berth restore 3 --registry " + link));
  EXPECT_EQ(FileStore(link).last_known().value().registry, latest_);
}

}  // namespace
}  // namespace berth::store
