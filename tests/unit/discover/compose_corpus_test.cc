// Real compose files, if they lie beside the checkout, against what docker-compose's own loader makes of them.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "discover/compose.h"
#include "discover/directory_tree.h"
#include "scratch_directory.h"
#include "unit/discover/compose_oracle.h"

namespace berth::discover {
namespace {

using tests::OracleLine;
using tests::OraclePort;

// The corpus as a line wants it: with its variables in the `.env` beside the file, or without any.
class CorpusTree : public FileTree {
 public:
  CorpusTree(const DirectoryTree& files, std::string dotenv_path, const OracleLine& line)
      : files_(files), dotenv_path_(std::move(dotenv_path)), line_(line) {}

  std::expected<std::optional<std::string>, std::string> read(const std::string& path) const override {
    if (path != dotenv_path_) return files_.read(path);
    if (line_.environment.empty()) return std::nullopt;
    if (line_.dotenv.empty()) return files_.read(path);
    return line_.dotenv;
  }
  std::expected<std::optional<std::vector<std::string>>, std::string> list(const std::string& path) const override {
    return files_.list(path);
  }

 private:
  const DirectoryTree& files_;
  std::string dotenv_path_;
  const OracleLine& line_;
};

// One of the ports of a found one: ranges are taken apart, unless the engine chooses.
OraclePort port_at(const Found& found, unsigned offset) {
  OraclePort port{.service = found.member};
  port.target = found.target ? found.target->first + offset : 0;
  port.protocol = "tcp";
  if (found.state == Found::State::ephemeral) {
    port.kind = "ephemeral";
    if (found.raw.ends_with("/udp")) port.protocol = "udp";
  } else {
    const auto& endpoint = *found.endpoint;
    const bool pool = endpoint.ports.size() > found.target->size();
    port.kind = pool ? "pool" : "fixed";
    port.address = endpoint.address == Address{} ? "" : endpoint.address.to_string();
    port.protocol = to_string(endpoint.protocol);
    port.first = endpoint.ports.first + offset;
    port.last = pool ? endpoint.ports.last : port.first;
  }
  return port;
}

// As the oracle has them. That a service in the host's network opens what no file says is not among them.
std::vector<OraclePort> ports_of(const Discovery& discovery) {
  std::vector<OraclePort> ports;
  for (const auto& found : discovery.found) {
    if (found.state == Found::State::unresolved) {
      if (found.raw == "network_mode: host") continue;
      OraclePort port{.service = found.member, .kind = "unresolved"};
      port.raw = found.raw;
      port.variables = found.variables;
      std::ranges::sort(port.variables);
      ports.push_back(std::move(port));
      continue;
    }
    for (unsigned offset = 0; offset < found.target->size(); ++offset) ports.push_back(port_at(found, offset));
  }
  std::ranges::sort(ports);
  return ports;
}

std::string text_of(const std::vector<OraclePort>& ports) {
  std::string text;
  for (const auto& port : ports) {
    text += " [" + port.service + " " + port.kind + " " + port.address + ":" + std::to_string(port.first) + "-" +
            std::to_string(port.last) + ":" + std::to_string(port.target) + "/" + port.protocol + " " + port.raw;
    for (const auto& name : port.variables) text += " " + name;
    text += "]";
  }
  return text;
}
std::string text_of(const std::vector<Problem>& problems) {
  std::string text;
  for (const auto& problem : problems)
    text += "\n      " + problem.file + ":" + std::to_string(problem.line) + ": " + problem.message;
  return text;
}

// Why a line is not read to the end.
std::string reason_of(const OracleLine& line) {
  if (line.status != "needs_env") return line.note.substr(0, std::min(line.note.find("; 1.29"), line.note.find('\n')));
  std::set<std::string> variables;
  for (const auto& port : line.ports) variables.insert(port.variables.begin(), port.variables.end());
  std::string text;
  for (const auto& name : variables) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// A service in the host's network has ports that it names, or it is said that it names none.
bool names_the_host(const Discovery& discovery) {
  return std::ranges::any_of(discovery.found,
                             [](const auto& found) { return found.endpoint || found.raw == "network_mode: host"; });
}

class ComposeCorpusTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path corpus = BERTH_CHECKOUT "/../shared/corpus";
    if (!std::filesystem::exists(corpus / "compose-oracle.jsonl.gz")) GTEST_SKIP() << "no corpus in " << corpus;
    const auto unpack = "tar -xzf '" + (corpus / "files.tar.gz").string() + "' -C '" + scratch.path() +
                        "' compose && gzip -dc '" + (corpus / "compose-oracle.jsonl.gz").string() + "' >'" +
                        scratch.path("oracle") + "'";
    ASSERT_EQ(std::system(unpack.c_str()), 0);
    std::ifstream oracle(scratch.path("oracle"));
    for (std::string line; std::getline(oracle, line);) lines.push_back(tests::oracle_line(line));
    ASSERT_FALSE(lines.empty());
  }

  // What is read of one line, as `docker compose -f` with its files.
  Discovery read(const OracleLine& line) const {
    std::vector<std::string> paths;
    for (const auto& file : line.files) paths.push_back(resolve("/" + line.directory, file));
    const CorpusTree tree(files, resolve(paths.front(), "../.env"), line);
    return ComposeDiscoverer().read(tree, paths);
  }

  const tests::ScratchDirectory scratch;
  const DirectoryTree files{scratch.path()};
  std::vector<OracleLine> lines;
};

TEST_F(ComposeCorpusTest, ReadsEveryFileAsComposeDoes) {
  std::map<std::string, std::pair<unsigned, unsigned>> score;  // right, of
  for (const auto& line : lines) {
    const auto discovery = read(line);
    const auto ports = ports_of(discovery);
    const bool said = line.status == "ok" || line.status == "needs_env" || !discovery.problems.empty();
    // Of a file that Compose refuses, what can be read is found all the same.
    const bool right =
        said && (line.status == "invalid" || ports == line.ports) && (!line.host_network || names_the_host(discovery));
    auto& [good, all] = score[line.status + " (" + line.via + ")"];
    ++all;
    if (right) ++good;
    const auto name = line.directory + "/" + line.path + (line.files.size() > 1 ? " with its override" : "");
    EXPECT_TRUE(right) << name << "\n  expected:" << text_of(line.ports) << "\n  read:    " << text_of(ports)
                       << "\n  problems:" << text_of(discovery.problems);
    if (line.status != "ok")
      std::cout << "  " << line.status << " " << name << ": " << reason_of(line) << text_of(discovery.problems) << "\n";
  }
  for (const auto& [kind, counts] : score)
    std::cout << "compose corpus: " << kind << ": " << counts.first << " of " << counts.second << "\n";
}

}  // namespace
}  // namespace berth::discover
