// Corrupt is not empty, and not something else: files that are cut off or mutated, through the store.
#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "contract/mutations.h"
#include "scratch_directory.h"
#include "store/codec.h"
#include "store/file_store.h"
#include "unit/store/faulty_files.h"

namespace berth::store {
namespace {

using testing::HasSubstr;
using tests::author;
using tests::put;
using tests::read_text;
using tests::write_text;

// The environment's BERTH_MUTATIONS; else 10,000, or fewer where properties are tried with fewer examples, too.
int number_of_mutations() {
  if (const char* given = std::getenv("BERTH_MUTATIONS")) return std::atoi(given);
  return std::getenv("RC_PARAMS") != nullptr ? 1000 : 10000;
}

class Mutator {
 public:
  std::string operator()(std::string text) {
    for (auto count = number(1, 3); count > 0; --count) mutate(text);
    return text;
  }

 private:
  std::size_t number(std::size_t first, std::size_t last) {
    return std::uniform_int_distribution(first, last)(random_);
  }

  void mutate(std::string& text) {
    if (text.empty()) return;
    const auto at = number(0, text.size() - 1);
    const auto length = number(1, std::min<std::size_t>(text.size() - at, 40));
    constexpr std::string_view telling = "{}[]\":,0123456789-+.eE\\u \n\t\0\xff\xc3truefalsn";
    switch (number(0, 6)) {
      case 0:
        text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << number(0, 7)));
        break;
      case 1:
        text[at] = telling[number(0, telling.size() - 1)];
        break;
      case 2:
        text.insert(at, 1, telling[number(0, telling.size() - 1)]);
        break;
      case 3:
        text.erase(at, length);
        break;
      case 4:
        text.insert(number(0, text.size()), text.substr(at, length));
        break;
      case 5:
        text.resize(at);
        break;
      default:
        // What ext4 may leave after a power failure.
        text.replace(at, length, length, '\0');
    }
  }

  std::mt19937 random_{20261122};  // NOLINT: the same every time
};

class CorruptFile : public testing::Test {
 protected:
  void SetUp() override {
    auto media = tests::make_allocation("jitsi/media", 10000);
    media.endpoint.ports.last = 10100;
    media.endpoint.protocol = Protocol::udp;
    media.kind = Kind::fixed;
    media.owner = {Owner::Kind::container, "jitsi"};
    media.unknown = {{"note", R"({"a":[1,null,"x"]})"}};
    ASSERT_TRUE(store_.update(author, put("keycloak", 8081)));
    ASSERT_TRUE(store_.update(author, put(media)));
    whole_ = read_text(path_);
  }

  // Either the file is refused, with the way back, and stays as it is; or both readers read the same of it.
  void expect_refused_or_read(const std::string& text) {
    write_text(path_, text);
    const auto read = store_.read();
    if (read) {
      ++accepted_;
      EXPECT_EQ(*read, parse_registry(" " + text, "generally").value());
      EXPECT_EQ(*read, parse_registry(format_registry(*read), "again").value());
      return;
    }
    ++refused_;
    EXPECT_EQ(read.error().code, ErrorCode::unreadable);
    EXPECT_THAT(read.error().hint, testing::AnyOf(HasSubstr("berth restore"), HasSubstr("update berth")));
    EXPECT_FALSE(parse_registry(" " + text, "generally"));
    // Each of these looks for the way back anew.
    if (refused_ % 4 != 0) return;
    EXPECT_EQ(store_.find("keycloak").error().code, ErrorCode::unreadable);
    EXPECT_EQ(store_.update(author, put("new", 9)).error().code, ErrorCode::unreadable);
    EXPECT_EQ(read_text(path_), text);
  }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "registry.json";
  tests::UnsyncedFiles files_;
  FileStore store_{path_, {.files = &files_}};
  std::string whole_;
  int accepted_ = 0;
  int refused_ = 0;
};

TEST_F(CorruptFile, EveryPrefixIsRefused) {
  for (std::size_t size = 0; size + 1 < whole_.size(); ++size) {
    SCOPED_TRACE(size);
    expect_refused_or_read(whole_.substr(0, size));
    if (HasFailure()) return;
  }
  EXPECT_EQ(accepted_, 0);
}

TEST_F(CorruptFile, EveryPrefixFilledUpWithZerosIsRefused) {
  for (std::size_t size = 0; size < whole_.size(); size += 7) {
    expect_refused_or_read(whole_.substr(0, size) + std::string(whole_.size() - size, '\0'));
    if (HasFailure()) return;
  }
  EXPECT_EQ(accepted_, 0);
}

TEST_F(CorruptFile, NoMutationIsTakenForSomethingElse) {
  Mutator mutated;
  const int count = number_of_mutations();
  for (int round = 0; round < count; ++round) {
    const auto text = mutated(whole_);
    SCOPED_TRACE(text);
    expect_refused_or_read(text);
    if (HasFailure()) return;
  }
  std::printf("mutations: %d, refused: %d, taken for what they say: %d\n", count, refused_, accepted_);
  EXPECT_GT(refused_, accepted_);
}

// The history is for looking back: nothing in it stops a commit.
TEST_F(CorruptFile, NoMutationOfTheHistoryStopsAnybody) {
  const auto history = directory_ / "registry.history.jsonl";
  const auto whole_history = read_text(history);
  const auto registry = store_.read().value();
  Mutator mutated;
  for (int round = 0; round < number_of_mutations() / 10; ++round) {
    write_text(path_, whole_);
    write_text(history, mutated(whole_history));
    SCOPED_TRACE(read_text(history));
    EXPECT_EQ(store_.read().value(), registry);
    EXPECT_TRUE(store_.history(""));
    EXPECT_EQ(store_.update(author, put("new", 9)).value_or(0), 3U);
    EXPECT_EQ(store_.history("new").value().size(), 1U);
    if (HasFailure()) return;
  }
}

TEST_F(CorruptFile, OfAHundredMegabytesIsRefusedAtOnceWithTheWayBack) {
  write_text(path_, whole_);
  std::filesystem::resize_file(path_, std::uintmax_t{100} << 20U);
  const auto read = store_.read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unreadable);
  EXPECT_THAT(read.error().hint, HasSubstr("berth restore --previous --registry " + path_));
  EXPECT_EQ(store_.update(author, put("new", 9)).error().code, ErrorCode::unreadable);
  EXPECT_EQ(std::filesystem::file_size(path_), std::uintmax_t{100} << 20U);
  // As the hint says.
  std::filesystem::rename(path_, path_ + ".broken");
  EXPECT_EQ(store_.last_known().value().registry, parse_registry(whole_, "whole").value());
}

TEST_F(CorruptFile, NestedDeeplyIsReadOrRefusedAndNobodyFalls) {
  const std::string open(100000, '[');
  const std::string close(100000, ']');
  expect_refused_or_read(open);
  expect_refused_or_read(R"({"schema":1,"revision":1,"allocations":)" + open + close + "}");
  std::string objects;
  for (int depth = 0; depth < 20000; ++depth) objects += R"({"a":)";
  expect_refused_or_read(objects);
  EXPECT_EQ(accepted_, 0);
}

}  // namespace
}  // namespace berth::store
