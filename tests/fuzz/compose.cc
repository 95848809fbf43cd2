// A compose project: compose.yaml, and in further pieces what it includes and extends, `.env` and files of variables.
#include "discover/compose.h"

#include "fuzz/configuration.h"

namespace berth::fuzz {

void compose(std::string_view input) {
  const auto files = files_of(input, "/srv/app/compose.yaml");
  const discover::ComposeDiscoverer compose;
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) {
    const auto name = path.substr(path.rfind('/') + 1);
    if (path == "/srv/app/" + name && compose.recognizes(name)) paths.push_back(path);
  }
  check_discovery(files, compose.read(tests::MemoryTree(files), paths));
}

}  // namespace berth::fuzz
