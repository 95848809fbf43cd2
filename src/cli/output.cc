#include "cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace berth::cli {
namespace {

std::string_view sequence(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::green:
      return "\033[32m";
    case Colour::yellow:
      return "\033[33m";
    case Colour::red:
      return "\033[31m";
    case Colour::dim:
      return "\033[2m";
    case Colour::bold:
      return "\033[1m";
  }
  return "";
}

bool colours_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb";
}

// 0, or an errno.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno == EPIPE ? 0 : errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

std::string indented(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    out.push_back(byte);
    if (byte == '\n') out.append("  ");
  }
  return out;
}

}  // namespace

void Output::Terminal::append(std::string& to, Colour colour, std::string_view text) const {
  if (colour != Colour::none && !coloured_) coloured_ = ::isatty(fd_) == 1 && colours_wanted();
  if (colour == Colour::none || !*coloured_) {
    to.append(text);
  } else {
    to.append(sequence(colour)).append(text).append("\033[0m");
  }
}

void Output::answer_line(std::string_view text) {
  answer_.append(text);
  answer_.push_back('\n');
}

std::expected<void, Error> Output::flush() {
  const int code = write_all(STDOUT_FILENO, answer_);
  answer_.clear();
  if (failure_ == 0) failure_ = code;
  if (failure_ == 0) return {};
  return std::unexpected(
      Error{ErrorCode::not_writable,
            "the answer could not be written to stdout: " + std::generic_category().message(failure_),
            "whatever the command did is done: berth get, list and history tell"});
}

std::size_t Output::width(Stream stream) {
  winsize size{};
  return ::ioctl(stream == Stream::answer ? STDOUT_FILENO : STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void Output::talk(std::string_view text) { write_all(STDERR_FILENO, text); }

void Output::note(std::string_view text) {
  if (!quiet && !json) talk("berth: " + indented(text) + "\n");
}

void Output::warn(std::string_view text) {
  if (quiet || json) return;
  std::string line = "berth: ";
  stderr_.append(line, Colour::yellow, "warning:");
  talk(line.append(" ").append(indented(text)).append("\n"));
}

void Output::error(std::string_view message, std::string_view hint) {
  auto text = "berth: " + indented(message) + "\n";
  if (!hint.empty()) {
    stderr_.append(text.append("  "), Colour::bold, "hint:");
    text.push_back(' ');
    for (const char byte : hint) {
      text.push_back(byte);
      if (byte == '\n') text.append("        ");
    }
    text.push_back('\n');
  }
  talk(text);
}

std::string Output::paint(Colour colour, std::string_view text) const {
  std::string painted;
  stdout_.append(painted, colour, text);
  return painted;
}

void Output::append_painted(std::string& to, Stream stream, Colour colour, std::string_view text) const {
  (stream == Stream::answer ? stdout_ : stderr_).append(to, colour, text);
}

}  // namespace berth::cli
