// Names of users.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace berth::system {

// Local accounts alone. Asking the name services (getpwuid(3)) loads libraries and may wait for a server: a number is a
// good enough name for what only they know.
class Accounts {
 public:
  explicit Accounts(std::string path = "/etc/passwd") : path_(std::move(path)) {}

  // The number as text if there is no name for it. The file is read when it is first needed.
  std::string name(uid_t user);

 private:
  std::string path_;
  std::optional<std::string> text_;
};

// From the text of passwd(5).
std::optional<std::string_view> name_of_user(std::string_view passwd, uid_t user);

}  // namespace berth::system
