#include "discover/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <unordered_set>

namespace berth::discover {
namespace {

unsigned line_of(const YAML::Mark& mark) { return mark.line < 0 ? 0 : static_cast<unsigned>(mark.line) + 1; }

YamlTree::Tag tag_of(const std::string& tag) {
  if (tag == "!reset") return YamlTree::Tag::reset;
  return tag == "!override" ? YamlTree::Tag::replace : YamlTree::Tag::none;
}

}  // namespace

// The parser's events put the nodes in the order of the text. Anchors are numbered from 1 in each document.
class YamlTreeBuilder : public YAML::EventHandler {
 public:
  using Node = YamlTree::Node;
  using Type = YamlTree::Type;

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {
    anchors_.clear();
    tree_.roots_.push_back(size());
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, {.type = Type::null}); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto target = anchor < anchors_.size() ? anchors_[anchor] : 0;
    add(mark, 0, {.alias = true, .begin = target});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const auto begin = static_cast<std::uint32_t>(tree_.texts_.size());
    tree_.texts_ += value;
    add(mark, anchor,
        {.type = Type::scalar,
         .tag = tag_of(tag),
         .plain = tag == "?",
         .begin = begin,
         .length = static_cast<std::uint32_t>(value.size())});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, {.type = Type::sequence, .tag = tag_of(tag)});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, {.type = Type::mapping, .tag = tag_of(tag)});
  }
  void OnMapEnd() override { close(); }

  YamlTree finish() {
    for (std::uint32_t index = 0; index < size(); ++index) {
      if (tree_.nodes_[index].type == Type::mapping) check_merges(index);
    }
    return std::move(tree_);
  }

 private:
  std::uint32_t size() const { return static_cast<std::uint32_t>(tree_.nodes_.size()); }

  void add(const YAML::Mark& mark, YAML::anchor_t anchor, Node node) {
    if (tree_.nodes_.size() >= YamlTree::most_values) throw YAML::ParserException(mark, "too many values");
    if (anchor != 0) {
      if (anchors_.size() <= anchor) anchors_.resize(anchor + 1);
      anchors_[anchor] = size();
    }
    node.line = line_of(mark);
    node.next = size() + 1;
    tree_.nodes_.push_back(node);
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Node node) {
    if (open_.size() >= YamlTree::deepest) throw YAML::ParserException(mark, "nested too deep");
    open_.push_back(size());
    add(mark, anchor, node);
  }
  void close() {
    tree_.nodes_[open_.back()].next = size();
    open_.pop_back();
  }

  const Node& target(std::uint32_t index) const {
    const auto& node = tree_.nodes_[index];
    return node.alias ? tree_.nodes_[node.begin] : node;
  }
  std::uint32_t target_index(std::uint32_t index) const {
    const auto& node = tree_.nodes_[index];
    return node.alias ? node.begin : index;
  }
  bool can_merge(std::uint32_t index) const {
    const auto& node = target(index);
    if (node.type != Type::sequence) return node.type == Type::mapping;
    for (auto element = target_index(index) + 1; element < node.next; element = tree_.nodes_[element].next) {
      if (target(element).type != Type::mapping) return false;
    }
    return true;
  }
  void check_merges(std::uint32_t mapping) {
    for (auto key = mapping + 1; key < tree_.nodes_[mapping].next;) {
      const auto& node = tree_.nodes_[key];
      const auto value = node.next;
      if (node.plain && tree_.text_of(node) == "<<" && !can_merge(value))
        tree_.broken_merges_.push_back({node.line, "`<<` merges what is not a mapping"});
      key = tree_.nodes_[value].next;
    }
  }

  YamlTree tree_;
  std::vector<std::uint32_t> anchors_;
  std::vector<std::uint32_t> open_;
};

namespace {

// What the parser must not see: it takes U+0004 for the end, and YAML has no control characters (1.2.2, section 5.1).
// Texts in UTF-16 are not looked at.
std::optional<YamlFault> refuse(const std::string& text) {
  if (text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE")) return std::nullopt;
  unsigned line = 1;
  std::size_t indicators = 0;
  for (const char c : text) {
    if (c == '\n') ++line;
    if (c >= 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t') return YamlFault{line, "a control character"};
    if ((c == '[' || c == '{' || c == ',') && ++indicators > YamlTree::most_flow_indicators)
      return YamlFault{line, "too many values"};
  }
  return std::nullopt;
}

}  // namespace

std::expected<YamlTree, YamlFault> YamlTree::parse(const std::string& text) {
  if (auto fault = refuse(text)) return std::unexpected(std::move(*fault));
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    YamlTreeBuilder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.finish();
  } catch (const YAML::Exception& exception) {
    return std::unexpected(YamlFault{line_of(exception.mark), exception.msg});
  }
}

std::vector<YamlTree::Value> YamlTree::documents() const {
  std::vector<Value> values;
  for (const auto root : roots_) {
    if (root < nodes_.size()) values.push_back(Value(*this, root));
  }
  return values;
}

YamlTree::Value::Value(const YamlTree& tree, std::uint32_t index)
    : tree_(&tree), index_(tree.nodes_[index].alias ? tree.nodes_[index].begin : index) {}

std::vector<YamlTree::Value> YamlTree::Value::elements() const {
  std::vector<Value> values;
  if (!is(Type::sequence)) return values;
  for (auto index = index_ + 1; index < node().next; index = tree_->nodes_[index].next)
    values.push_back(Value(*tree_, index));
  return values;
}

std::vector<YamlTree::Value> YamlTree::Value::merged() const {
  std::vector<Value> mappings;
  std::unordered_set<std::uint32_t> seen;
  std::vector<Value> waiting{*this};
  while (!waiting.empty()) {
    const auto mapping = waiting.back();
    waiting.pop_back();
    if (!mapping.is(Type::mapping) || !seen.insert(mapping.index_).second) continue;
    mappings.push_back(mapping);
    std::vector<Value> sources;
    const auto& nodes = tree_->nodes_;
    for (auto key = mapping.index_ + 1; key < mapping.node().next;) {
      const auto value = nodes[key].next;
      if (nodes[key].plain && tree_->text_of(nodes[key]) == "<<") {
        const Value source(*tree_, value);
        sources.push_back(source);
        std::ranges::copy(source.elements(), std::back_inserter(sources));
      }
      key = nodes[value].next;
    }
    if (!sources.empty() && (tree_->merges_ += sources.size()) >= most_merges) break;
    waiting.insert(waiting.end(), sources.rbegin(), sources.rend());
  }
  return mappings;
}

std::vector<YamlTree::Member> YamlTree::Value::members() const {
  std::vector<Member> members;
  std::set<std::string_view> own;
  for (const auto& mapping : merged()) {
    const auto& nodes = tree_->nodes_;
    const auto before = members.size();
    for (auto index = mapping.index_ + 1; index < mapping.node().next;) {
      const auto value = nodes[index].next;
      const Value key(*tree_, index);
      const bool merge = key.plain() && key.text() == "<<";
      if (!merge && key.is(Type::scalar) && !own.contains(key.text()))
        members.push_back({key.text(), nodes[index].line, Value(*tree_, value)});
      index = nodes[value].next;
    }
    for (auto index = before; index < members.size(); ++index) own.insert(members[index].key);
  }
  return members;
}

std::optional<YamlTree::Value> YamlTree::Value::find(std::string_view key) const {
  for (const auto& mapping : merged()) {
    std::optional<Value> found;
    const auto& nodes = tree_->nodes_;
    for (auto index = mapping.index_ + 1; index < mapping.node().next;) {
      const auto value = nodes[index].next;
      if (Value(*tree_, index).text() == key) found = Value(*tree_, value);
      index = nodes[value].next;
    }
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace berth::discover
