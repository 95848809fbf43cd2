// Every Caddyfile of a corpus, against the listeners that Caddy itself derives from it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "discover/caddyfile_adapter.h"
#include "json/json_tree.h"
#include "scratch_directory.h"
#include "unit/discover/memory_tree.h"

namespace berth::discover {
namespace {

using Value = json::JsonTree::Value;
using Type = json::JsonTree::Type;

const std::filesystem::path corpus = BERTH_CHECKOUT "/../shared/corpus";

// Behind the configuration, the file has what Caddy makes of it.
std::string caddyfile_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string text;
  for (std::string line; std::getline(file, line) && !line.starts_with("----------");) text += line + "\n";
  return text;
}

std::string string_in(const Value& line, std::string_view name) {
  const auto value = line.find(name);
  return value && value->is(Type::string) ? std::string(value->string()) : "";
}

std::string number_in(const Value& line, std::string_view name, const std::string& fallback) {
  const auto value = line.find(name);
  return value && value->is(Type::number) ? std::string(value->source()) : fallback;
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word + " ";
  return text;
}

std::string expected_of(const Value& line) {
  std::set<std::string> listeners;
  for (const auto listener : line.find("listen")->children()) listeners.emplace(listener.string());
  const auto admin = string_in(line, "admin");
  const bool disabled = line.find("admin_disabled")->source() == "true";
  return joined(listeners) + "admin " +
         (disabled        ? "off"
          : admin.empty() ? "localhost:2019"
                          : admin) +
         " http " + number_in(line, "http_port", "80") + " https " + number_in(line, "https_port", "443");
}

std::string found_in(const CaddyConfig& config) {
  std::set<std::string> listeners;
  for (const auto& server : config.servers) {
    for (const auto& listener : server.listeners) listeners.insert(to_string(listener.address));
  }
  return joined(listeners) + "admin " + (config.admin ? to_string(config.admin->address) : "off") + " http " +
         config.http_port + " https " + config.https_port;
}

// Variables without a value that decide on a listener.
std::set<std::string> unset_in(const CaddyConfig& config) {
  std::set<std::string> unset;
  for (const auto& gap : config.gaps) unset.insert(gap.variables.begin(), gap.variables.end());
  return unset;
}

TEST(CaddyCorpus, HasTheListenersOfCaddy) {
  if (!std::filesystem::exists(corpus / "caddy-oracle.jsonl")) GTEST_SKIP() << "no corpus in " << corpus;
  const tests::ScratchDirectory scratch;
  const auto unpack = "tar -xzf '" + (corpus / "files.tar.gz").string() + "' -C '" + scratch.path() + "' configs/caddy";
  ASSERT_EQ(std::system(unpack.c_str()), 0);
  std::ifstream oracle(corpus / "caddy-oracle.jsonl");
  int right = 0;
  int all = 0;
  for (std::string text; std::getline(oracle, text); ++all) {
    const auto line = json::JsonTree::parse(text);
    ASSERT_TRUE(line) << text;
    const auto path = string_in(line->root(), "path");
    auto folder = string_in(line->root(), "repo");
    std::ranges::replace(folder, '/', '+');
    const auto caddyfile = caddyfile_in(std::filesystem::path(scratch.path()) / "configs/caddy" / folder / path);
    ASSERT_FALSE(caddyfile.empty()) << path;
    const tests::MemoryTree tree({{"/etc/caddy/Caddyfile", caddyfile}});
    const auto config = adapt_caddyfile(read_caddyfile(tree, "/etc/caddy/Caddyfile")).config;
    if (found_in(config) == expected_of(line->root())) {
      ++right;
    } else if (const auto unset = unset_in(config); !unset.empty()) {
      std::cout << path << ": depends on " << joined(unset) << "\n";
    } else {
      ADD_FAILURE() << path << "\n  Caddy: " << expected_of(line->root()) << "\n  found: " << found_in(config);
    }
  }
  EXPECT_GT(all, 0);
  std::cout << right << " of " << all << " Caddyfiles have the listeners that Caddy derives\n";
}

}  // namespace
}  // namespace berth::discover
