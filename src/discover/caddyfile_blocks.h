// The blocks of a Caddyfile: its sites and the global options, with everything that it imports in its place
// (caddyserver.com/docs/caddyfile/concepts, caddyserver.com/docs/caddyfile/directives/import).
#pragma once

#include <string>
#include <vector>

#include "core/discovery.h"
#include "discover/caddyfile_syntax.h"
#include "discover/file_tree.h"

namespace berth::discover {

struct CaddyBlock {
  // The addresses of a site; none for the global options.
  std::vector<CaddyToken> keys;
  // One for each directive: its name, its arguments, and the words and braces of its block.
  std::vector<std::vector<CaddyToken>> segments;
};

struct CaddyfileBlocks {
  // In their order; snippets and named routes are not among them.
  std::vector<CaddyBlock> blocks;
  // Variables without a value in the place of whole blocks.
  std::vector<CaddyToken> holes;
  // What CaddyToken::file counts.
  std::vector<std::string> files;
  // What could not be read. Behind an error of syntax nothing is read; an import that fails is left out.
  std::vector<Problem> problems;
};

// Bounded whatever the files are: in the number of words, and in how deeply imports nest.
CaddyfileBlocks read_caddyfile(const FileTree& tree, const std::string& path);

}  // namespace berth::discover
