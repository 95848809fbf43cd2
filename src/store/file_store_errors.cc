#include "store/file_store_errors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "core/quote.h"
#include "store/history.h"
#include "system/accounts.h"
#include "system/ownership.h"
#include "system/read_file.h"

namespace berth::store {
namespace {

std::string shown(std::string_view path) { return "'" + escape(path) + "'"; }

bool is_permission(int code) { return code == EACCES || code == EPERM; }

// "'/opt/x' belongs to root (mode 755), and this is alice"
std::string ownership_of(const std::string& path, const struct stat& status) {
  std::array<char, 8> mode{};
  std::to_chars(mode.data(), mode.data() + mode.size() - 1, status.st_mode & 07777U, 8);
  system::Accounts accounts;
  return shown(path) + " belongs to " + accounts.name(status.st_uid) + " (mode " + mode.data() + "), and this is " +
         accounts.name(::geteuid());
}

constexpr std::string_view another_registry = "choose another registry with --registry FILE";

std::string permission_hint(const std::string& path) {
  struct stat status{};
  std::string hint;
  if (::stat(path.c_str(), &status) == 0) hint = ownership_of(path, status) + "\n";
  return hint + "run it as a user who may, root for instance, or " + std::string(another_registry);
}

bool is_limit(int code) { return code == EMFILE || code == ENFILE || code == ENOMEM; }

std::string limit_hint(int code) {
  if (code == EMFILE) return "allow more open files: ulimit -n";
  if (code == ENFILE) return "this machine has no more files to open: fs.file-max";
  return "allow more memory: ulimit -v";
}

const char* kind_of(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  return "a socket or a device";
}

// What is wrong with one of the files that a commit needs; empty if nothing is. `may_be_link`: the registry itself.
std::string fault_of(const std::string& path, bool may_be_link) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (may_be_link && S_ISLNK(status.st_mode)) {
    if (system::refuse_foreign_link(path, status.st_uid)) return {};
    return shown(path) + " is a symbolic link of " + system::Accounts().name(status.st_uid) +
           ", and only root's, your own and those of the directory's owner are followed\n" +
           std::string(another_registry);
  }
  if (!S_ISREG(status.st_mode)) {
    return shown(path) + " is " + kind_of(status.st_mode) + ", and must be a regular file: ls -l " + operand(path) +
           ", and remove it if it is nobody's";
  }
  if (!system::refuse_foreign_file(path, status.st_uid)) {
    return ownership_of(path, status) + "; where everybody may create files it may be a trap\n" +
           std::string(another_registry) + ", in a directory that is not for everybody";
  }
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0 ? "" : permission_hint(path);
}

// The directory first: who may create files in it may be kept off by a file there all the same.
std::string fault_beside(const std::string& path, int code) {
  const auto target = system::follow_link(path);
  if (!target) return permission_hint(path);
  const auto directory = system::directory_of(*target);
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) return permission_hint(directory);
  for (const auto& beside :
       {*target + ".lock", history_path(*target), *target + ".tmp", *target + ".previous", *target + ".previous.tmp"}) {
    if (auto fault = fault_of(beside, false); !fault.empty()) return fault;
  }
  if (auto fault = fault_of(*target, true); !fault.empty()) return fault;
  return is_permission(code) ? permission_hint(directory) : "";
}

std::string write_hint(const std::string& path, int code) {
  const auto directory = system::directory_of(path);
  if (is_limit(code)) return limit_hint(code);
  if (code == EFBIG) return "allow larger files: ulimit -f";
  if (code == ENOSPC) return "make room on the file system of " + shown(directory);
  if (code == EDQUOT) return "make room on the file system of " + shown(directory) + ", or raise the quota";
  if (code == EROFS) return "the file system of " + shown(directory) + " is mounted read-only";
  if (code == EIO) return "the disk does not work as it should: dmesg tells more";
  return fault_beside(path, code);
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
  if (is_limit(error.code)) return {ErrorCode::not_writable, message, limit_hint(error.code)};
  if (is_permission(error.code)) {
    auto fault = fault_of(path, true);
    return {ErrorCode::not_writable, message, fault.empty() ? permission_hint(path) : fault};
  }
  const auto word = shell_word(path);
  if (what == "registry" && error.code == EFBIG) {
    return {ErrorCode::unreadable, message,
            "mv " + operands({path, path + ".broken"}) + "   puts it aside\nberth restore --previous --registry " +
                word + "   then goes back to the registry before the last commit"};
  }
  return {ErrorCode::unreadable, message, std::string(another_registry)};
}

Error cannot_write(const std::string& path, const system::Error& error) {
  return {ErrorCode::not_writable, "cannot write the registry: " + escape(error.message()),
          write_hint(path, error.code)};
}

Error cannot_lock(const system::LockFailure& failure, double waited) {
  Error error{ErrorCode::lock_timeout, "the registry is locked", "try again, or wait longer with --wait SECONDS"};
  // Of another pid namespace /proc/locks says nothing, and of another machine nothing that is true here.
  error.message += failure.holder ? " by " + shown_holder(*failure.holder)
                                  : ", by whom cannot be told (a process of another container or machine, or no /proc)";
  error.message += ", waited " + shown_number(waited) + " s";
  if (failure.holder && failure.holder->stopped) {
    error.hint = "kill -CONT " + std::to_string(failure.holder->pid) + "   lets it go on";
  }
  return error;
}

}  // namespace berth::store
