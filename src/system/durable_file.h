// Replacing a file so that a reader, and a crash at any instant, sees the old content or the new one, whole.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "system/error.h"
#include "system/file_status.h"
#include "system/files.h"
#include "system/ownership.h"
#include "system/unique_fd.h"

namespace berth::system {

// A new content that lies in `<path>.tmp` beside the file that it is to replace: begin(), write(), sync(), publish().
// Removed again unless it is published. Two of them for one path at a time must be kept apart by a lock.
class Replacement {
 public:
  // A leftover of a writer that died is removed first. Mode and owner are those of `like`, the file as it was; a file
  // that is new gets mode 0644, and 0664 where a group may create files. Who may not give files away (chown(2)) becomes
  // the owner himself, but the group must be kept. Access control lists are not copied: the directory's default list
  // applies.
  static std::expected<Replacement, Error> begin(Files& files, std::string path, const std::optional<FileStatus>& like);

  // Appends to the content.
  std::expected<void, Error> write(std::string_view bytes);

  // Lets the disk begin; promises nothing.
  void begin_sync();
  // Makes the content durable.
  std::expected<void, Error> sync();

  // The only step that readers see: renames, and makes the directory durable. When the latter fails the new file is in
  // place all the same, but may not survive a power failure: the error says so.
  std::expected<void, Error> publish();
  bool is_published() const { return is_published_; }

  Replacement(Replacement&& other) noexcept;
  Replacement& operator=(Replacement&& other) = delete;
  ~Replacement();

 private:
  Replacement(Files& files, std::string path);
  std::expected<void, Error> create(const std::optional<FileStatus>& like);

  Files* files_;
  std::string path_;
  std::string temporary_;
  UniqueFd directory_;
  UniqueFd fd_;
  bool exists_ = false;
  bool is_published_ = false;
};

// All of it: afterwards the file says `content`, durably.
std::expected<void, Error> replace_file(Files& files, const std::string& path, std::string_view content,
                                        const std::optional<FileStatus>& like);

// Makes `second` another name of the file at `path` (whose status and text are given), in the place of whatever was
// called so: at no instant is there neither. Where the file system has no hard links, or forbids this one, it is a
// copy. Not made durable by itself.
std::expected<void, Error> keep_as(Files& files, const std::string& path, const FileStatus& status,
                                   std::string_view text, const std::string& second);

// Where there is nothing to be like.
constexpr mode_t mode_of_new_files = 0644;

// Creates a file that must not exist, open for writing, with the mode and owner of `like`, else with `mode` and what
// its directory asks for (system/ownership.h).
std::expected<UniqueFd, Error> create_like(Files& files, const std::string& path, int flags,
                                           const std::optional<FileStatus>& like, mode_t mode,
                                           Sharing sharing = Sharing::with_group);

std::expected<void, Error> write_all(Files& files, int fd, std::string_view bytes, const std::string& path);

// The directory and all above it (mode 0755 less the umask), durably. One that exists is no error.
std::expected<void, Error> make_directories(Files& files, const std::string& path);

}  // namespace berth::system
