// What is done with one input, a function for each parser of foreign bytes. Any bytes may come in; the process ends if
// something that is promised of the answer does not hold.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace berth::fuzz {

void apache(std::string_view input);
void caddy(std::string_view input);
void compose(std::string_view input);
void dotenv(std::string_view input);
void engine(std::string_view input);
void haproxy(std::string_view input);
void history(std::string_view input);
void http(std::string_view input);
void netlink(std::string_view input);
void nginx(std::string_view input);
void packet_filter(std::string_view input);
void proc(std::string_view input);
void registry(std::string_view input);
void systemd(std::string_view input);
void traefik(std::string_view input);
void words(std::string_view input);

// Ends the process if a promise was not kept.
inline void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "a broken promise: %s\n", what);
  std::abort();
}

}  // namespace berth::fuzz
