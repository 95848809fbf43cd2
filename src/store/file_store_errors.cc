#include "store/file_store_errors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "core/quote.h"
#include "system/accounts.h"
#include "system/read_file.h"

namespace berth::store {
namespace {

std::string shown(std::string_view path) { return "'" + escape(path) + "'"; }

bool is_permission(int code) { return code == EACCES || code == EPERM; }

// "'/opt/x' belongs to root (mode 755) and this is alice: ..."
std::string permission_hint(const std::string& path) {
  struct stat status{};
  std::string hint;
  system::Accounts accounts;
  if (::stat(path.c_str(), &status) == 0) {
    std::array<char, 8> mode{};
    std::to_chars(mode.data(), mode.data() + mode.size() - 1, status.st_mode & 07777U, 8);
    hint = shown(path) + " belongs to " + accounts.name(status.st_uid) + " (mode " + mode.data() + "), and this is " +
           accounts.name(::geteuid()) + "\n";
  }
  return hint + "run it as a user who may, root for instance, or choose another registry with --registry FILE";
}

std::string write_hint(const std::string& path, int code) {
  const auto directory = system::directory_of(path);
  if (is_permission(code)) return permission_hint(directory);
  if (code == ENOSPC) return "make room on the file system of " + shown(directory);
  if (code == EDQUOT) return "make room on the file system of " + shown(directory) + ", or raise the quota";
  if (code == EROFS) return "the file system of " + shown(directory) + " is mounted read-only";
  return {};
}

std::string shown_number(double number) {
  std::array<char, 32> digits{};
  std::to_chars(digits.data(), digits.data() + digits.size() - 1, number);
  return digits.data();
}

std::string shown_holder(const system::LockHolder& holder) {
  const auto pid = "pid " + std::to_string(holder.pid);
  if (holder.ended) return "a process that got the lock from one that has ended";
  return pid + (holder.command.empty() ? "" : " (" + escape(holder.command) + ")") +
         (holder.stopped ? ", which is stopped" : "");
}

}  // namespace

Error cannot_read(std::string_view what, const std::string& path, const system::Error& error) {
  const auto message = "cannot read the " + std::string(what) + ": " + escape(error.message());
  if (is_permission(error.code)) return {ErrorCode::not_writable, message, permission_hint(path)};
  const auto word = shell_word(path);
  if (what == "registry" && error.code == EFBIG) {
    return {ErrorCode::unreadable, message,
            "mv " + word + " " + shell_word(path + ".broken") +
                "   puts it aside\nberth restore --previous --registry " + word +
                "   then goes back to the registry before the last commit"};
  }
  return {ErrorCode::unreadable, message, "choose another registry with --registry FILE"};
}

Error cannot_write(const std::string& path, const system::Error& error) {
  return {ErrorCode::not_writable, "cannot write the registry: " + escape(error.message()),
          write_hint(path, error.code)};
}

Error cannot_lock(const system::LockFailure& failure, double waited) {
  Error error{ErrorCode::lock_timeout, "the registry is locked", "try again, or wait longer with --wait SECONDS"};
  error.message += failure.holder ? " by " + shown_holder(*failure.holder) : ", by whom cannot be told";
  error.message += ", waited " + shown_number(waited) + " s";
  if (failure.holder && failure.holder->stopped) {
    error.hint = "kill -CONT " + std::to_string(failure.holder->pid) + "   lets it go on";
  }
  return error;
}

}  // namespace berth::store
