#include "cli/input.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "core/quote.h"

namespace berth::cli {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::unexpected<Error> unreadable(std::string_view path) {
  return std::unexpected(
      Error{ErrorCode::usage, fmt::format("cannot read {}: {}", quote(path), std::generic_category().message(errno))});
}

// Far more requests than there are ports; /dev/zero has no end.
constexpr std::size_t largest_input = 64UZ << 20;

bool read_all(std::FILE* file, std::string& text) {
  std::array<char, 65536> buffer;
  while (const auto size = std::fread(buffer.data(), 1, buffer.size(), file)) {
    text.append(buffer.data(), size);
    if (text.size() > largest_input) {
      errno = EFBIG;
      return false;
    }
  }
  return std::ferror(file) == 0;
}

}  // namespace

std::expected<std::string, Error> read_input(std::string_view path) {
  std::string text;
  if (path == "-") {
    if (!read_all(stdin, text)) return unreadable("stdin");
    return text;
  }
  const std::unique_ptr<std::FILE, Close> file(std::fopen(std::string(path).c_str(), "re"));
  if (!file || !read_all(file.get(), text)) return unreadable(path);
  return text;
}

std::expected<void, Error> check_readable(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) return unreadable(path);
  return {};
}

std::expected<void, Error> check_directory(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return unreadable(path);
  if (S_ISDIR(status.st_mode)) return check_readable(path);
  errno = ENOTDIR;
  return unreadable(path);
}

std::string absolute(const std::string& path) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  return error ? path : whole.lexically_normal().string();
}

bool can_ask() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

bool ask(std::string_view question) {
  std::fwrite(question.data(), 1, question.size(), stderr);
  std::array<char, 16> answer{};
  if (std::fgets(answer.data(), answer.size(), stdin) == nullptr) {
    // Nobody has ended the line.
    std::fputc('\n', stderr);
    return false;
  }
  return answer[0] == 'y' || answer[0] == 'Y';
}

}  // namespace berth::cli
