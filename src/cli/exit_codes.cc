#include "cli/exit_codes.h"

namespace berth::cli {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::negative:
      return exit_no;
    case ErrorCode::usage:
      return 2;
    case ErrorCode::taken:
      return 3;
    case ErrorCode::exhausted:
      return 4;
    case ErrorCode::lock_timeout:
      return 5;
    case ErrorCode::unreadable:
      return 6;
    case ErrorCode::unseen:
      return 7;
    case ErrorCode::not_writable:
      return 8;
    case ErrorCode::bug:
      return 70;  // EX_SOFTWARE of sysexits.h
  }
  return 70;
}

}  // namespace berth::cli
