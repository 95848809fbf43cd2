// JSON that somebody else may have written, as a tree whose values know their place in the text, so that an error can
// say where, and an unknown value can be kept as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::json {

// What is wrong with a text, and where.
struct Fault {
  std::size_t offset = 0;
  std::string message;
  // A better way out than an older copy of the file, if there is one.
  std::string hint = {};
};

class JsonTree {
 public:
  enum class Type : std::uint8_t { null, boolean, number, string, array, object };
  class Value;
  class Children;

  // Refuses what RFC 8259 refuses, text after the value, bytes that are not UTF-8, and two members of one name at any
  // level, and what is nested deeper than anybody means it. `source` must outlive the tree.
  static std::expected<JsonTree, Fault> parse(std::string_view source);
  // Each level takes memory while it is open.
  static constexpr std::size_t deepest = 200'000;

  Value root() const;

 private:
  friend class TreeBuilder;

  struct Node {
    Type type = Type::null;
    std::uint32_t begin = 0;  // in the source
    std::uint32_t end = 0;
    std::uint32_t next = 0;  // the index of the first node that is not inside this one
    std::string_view name;   // of a member
    std::string_view text;   // of a string
  };

  explicit JsonTree(std::string_view source) : source_(source) {}

  std::string_view source_;
  std::vector<Node> nodes_;
  // Strings that are written with escapes. A deque: views into it stay valid.
  std::deque<std::string> unescaped_;
};

// Valid as long as its tree.
class JsonTree::Value {
 public:
  Type type() const { return node().type; }
  bool is(Type type) const { return node().type == type; }
  std::size_t offset() const { return node().begin; }
  // Of a member of an object; empty otherwise.
  std::string_view name() const { return node().name; }
  // Of a string, without quotes and escapes.
  std::string_view string() const { return node().text; }
  // As it is written.
  std::string_view source() const { return tree_->source_.substr(node().begin, node().end - node().begin); }
  // The same without white space between its tokens; strings and numbers stay as they are written.
  std::string compact() const;

  // Members or elements, in the order of the text.
  Children children() const;
  std::optional<Value> find(std::string_view name) const;

 private:
  friend class JsonTree;
  friend class Children;
  Value(const JsonTree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}
  const Node& node() const { return tree_->nodes_[index_]; }

  const JsonTree* tree_;
  std::uint32_t index_;
};

class JsonTree::Children {
 public:
  class Iterator {
   public:
    Value operator*() const { return {*tree_, index_}; }
    Iterator& operator++() {
      index_ = tree_->nodes_[index_].next;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class Children;
    Iterator(const JsonTree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}
    const JsonTree* tree_;
    std::uint32_t index_;
  };

  Iterator begin() const { return {*parent_.tree_, parent_.index_ + 1}; }
  Iterator end() const { return {*parent_.tree_, parent_.node().next}; }

 private:
  friend class Value;
  explicit Children(Value parent) : parent_(parent) {}
  Value parent_;
};

inline JsonTree::Value JsonTree::root() const { return {*this, 0}; }
inline JsonTree::Children JsonTree::Value::children() const { return Children(*this); }

}  // namespace berth::json
