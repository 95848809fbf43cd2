#include "system/accounts.h"

#include <fcntl.h>

#include <algorithm>

#include "system/kernel_file.h"

namespace berth::system {

std::optional<std::string_view> name_of_user(std::string_view passwd, uid_t user) {
  while (!passwd.empty()) {
    const auto end = std::min(passwd.find('\n'), passwd.size());
    const auto line = passwd.substr(0, end);
    passwd.remove_prefix(std::min(end + 1, passwd.size()));
    // name:password:uid:...
    const auto name = line.find(':');
    const auto password = name == std::string_view::npos ? std::string_view::npos : line.find(':', name + 1);
    if (password == std::string_view::npos) continue;
    const auto number = line.substr(password + 1);
    if (parse_number(number.substr(0, number.find(':'))) == user) return line.substr(0, name);
  }
  return std::nullopt;
}

std::string Accounts::name(uid_t user) {
  if (!text_) text_ = read_kernel_file(AT_FDCWD, path_).value_or("");
  const auto name = name_of_user(*text_, user);
  return name ? std::string(*name) : std::to_string(user);
}

}  // namespace berth::system
