// A file that grows at its end: append(), sync().
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "system/error.h"
#include "system/file_status.h"
#include "system/files.h"
#include "system/unique_fd.h"

namespace berth::system {

class AppendFile {
 public:
  // Created if missing, with the mode and owner of `like`, else with mode 0644 (create_like). A symbolic link is not
  // followed; EPERM for a file that is foreign (system/ownership.h).
  static std::expected<AppendFile, Error> open(Files& files, std::string path, const std::optional<FileStatus>& like);

  std::uint64_t size() const { return size_; }
  // Hard links: what is appended would be seen under a name that may be a backup's, or another program's.
  bool has_other_names() const { return has_other_names_; }
  // The last `length` bytes, or all there are.
  std::expected<std::string, Error> tail(std::uint64_t length) const;

  // Cuts the file to `keep` bytes and writes `text` after them. When it fails nothing is after them.
  std::expected<void, Error> append(std::uint64_t keep, std::string_view text);
  // Lets the disk begin; promises nothing.
  void begin_sync();
  // Makes that durable, but for the name of a new file, which needs an fsync of the directory.
  std::expected<void, Error> sync();
  // Takes the last append() back, as well as it can.
  void undo();

 private:
  AppendFile(Files& files, std::string path, UniqueFd fd, const FileStatus& status);

  Files* files_;
  std::string path_;
  UniqueFd fd_;
  std::uint64_t size_;
  std::uint64_t keep_;
  bool has_other_names_;
};

}  // namespace berth::system
