// YAML that somebody else has written, as a tree whose values know their line. Pure.
//
// An alias is a reference, not a copy: a text whose aliases would grow to gigabytes costs no more than its bytes. Merge
// keys (`<<`, https://yaml.org/type/merge.html) are followed when a mapping is asked for its members. A plain scalar is
// the text that was written: `22:22` is no number (YAML 1.2.2, section 10.3: there is no base 60).
//
// The parser is libyaml, of which the one in Compose (go-yaml) is a translation: what it refuses is refused there, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::discover {

struct YamlFault {
  unsigned line = 0;  // from 1
  std::string message;
};

class YamlTree {
 public:
  enum class Type : std::uint8_t { null, scalar, sequence, mapping };
  // The tags that mean something to Compose: https://docs.docker.com/reference/compose-file/merge/.
  enum class Tag : std::uint8_t { none, reset, replace };  // !reset, !override
  class Value;
  struct Member;

  static constexpr std::size_t most_values = 500'000;
  static constexpr unsigned deepest = 100;
  // Of how many mappings merge keys may be followed before it is taken for an attack.
  static constexpr std::size_t most_merges = 200'000;

  // Every document of the text.
  static std::expected<YamlTree, YamlFault> parse(std::string_view text);

  YamlTree(YamlTree&&) = default;
  YamlTree& operator=(YamlTree&&) = default;

  // The roots.
  std::vector<Value> documents() const;
  // Merge keys whose values are neither a mapping nor a sequence of mappings: nothing was merged there.
  const std::vector<YamlFault>& broken_merges() const { return broken_merges_; }
  // Whether merges were left out because of `most_merges`.
  bool gave_up() const { return merges_ >= most_merges; }

 private:
  friend class YamlTreeBuilder;

  struct Node {
    Type type = Type::null;
    Tag tag = Tag::none;
    bool plain = false;
    bool alias = false;
    unsigned line = 0;
    std::uint32_t next = 0;    // the index of the first node that is not inside this one
    std::uint32_t begin = 0;   // of the text; of an alias: the index of what it stands for
    std::uint32_t length = 0;  // of the text
  };

  YamlTree() = default;
  std::string_view text_of(const Node& node) const { return std::string_view(texts_).substr(node.begin, node.length); }

  std::vector<Node> nodes_;
  std::string texts_;
  std::vector<std::uint32_t> roots_;
  std::vector<YamlFault> broken_merges_;
  mutable std::size_t merges_ = 0;
};

// Valid as long as its tree stays where it is.
class YamlTree::Value {
 public:
  Type type() const { return node().type; }
  bool is(Type type) const { return node().type == type; }
  Tag tag() const { return node().tag; }
  // Where it is written; what an alias stands for has the line of the anchor.
  unsigned line() const { return node().line; }
  // Of a scalar. `plain`: without quotes and tags.
  std::string_view text() const { return is(Type::scalar) ? tree_->text_of(node()) : std::string_view{}; }
  bool plain() const { return node().plain; }

  // Of a sequence, in order; else empty.
  std::vector<Value> elements() const;
  // Of a mapping, its own first, then those that it merges and does not have yet; else empty. A key that is written
  // twice is there twice.
  std::vector<Member> members() const;
  // The member of that name: the last one that is written, else the first one that is merged.
  std::optional<Value> find(std::string_view key) const;

 private:
  friend class YamlTree;
  Value(const YamlTree& tree, std::uint32_t index);
  const Node& node() const { return tree_->nodes_[index_]; }
  // The mapping itself and all that it merges, each once, the stronger first.
  std::vector<Value> merged() const;

  const YamlTree* tree_;
  std::uint32_t index_;
};

struct YamlTree::Member {
  std::string_view key;
  unsigned line;  // of the key
  Value value;
};

}  // namespace berth::discover
