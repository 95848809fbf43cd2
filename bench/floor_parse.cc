// The least that a search for compose files can cost: every one below a directory is found, read and parsed.
//
//   floor_parse DIRECTORY
#include <yaml.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace {

// The number of events.
unsigned long parse(const std::string& text) {
  yaml_parser_t parser;
  yaml_parser_initialize(&parser);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  unsigned long events = 0;
  yaml_event_type_t type = YAML_NO_EVENT;
  for (yaml_event_t event; type != YAML_STREAM_END_EVENT && yaml_parser_parse(&parser, &event) == 1; ++events) {
    type = event.type;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return events;
}

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  unsigned long events = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1])) {
    if (entry.path().filename() == "compose.yaml") events += parse(text_of(entry.path()));
  }
  std::printf("%lu\n", events);
  return events == 0 ? 1 : 0;
}
