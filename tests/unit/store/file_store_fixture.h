// A file store in a directory of its own.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "contract/mutations.h"
#include "scratch_directory.h"
#include "store/file_store.h"

namespace berth::store {

inline struct stat status_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

inline mode_t mode_of(const std::string& path) { return status_of(path).st_mode & 07777; }

// This process as somebody without privileges, for as long as it lives. Needs root; does nothing for others.
class AsNobody {
 public:
  static constexpr uid_t nobody = 65534;
  AsNobody() {
    if (was_root_ && (::setegid(nobody) != 0 || ::seteuid(nobody) != 0)) throw std::runtime_error("seteuid");
  }
  ~AsNobody() {
    if (was_root_ && (::seteuid(0) != 0 || ::setegid(0) != 0)) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  bool was_root_ = ::geteuid() == 0;
};

class FileStoreTest : public testing::Test {
 protected:
  FileStoreTest() { std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755)); }

  void commit(const Mutation& mutation) {
    const auto result = store_.update(tests::author, mutation);
    ASSERT_TRUE(result) << result.error().message;
  }
  Registry latest() { return store_.read().value(); }

  tests::ScratchDirectory directory_;
  std::string path_ = directory_ / "registry.json";
  FileStore store_{path_};
};

}  // namespace berth::store
