#include "discover/yaml_tree.h"

#include <yaml.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

namespace berth::discover {
namespace {

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }

  yaml_event_t* get() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    ready_ = yaml_parser_initialize(&parser_) == 1;
    if (!ready_) return;
    const void* bytes = text.data();
    yaml_parser_set_input_string(&parser_, static_cast<const unsigned char*>(bytes), text.size());
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    if (ready_) yaml_parser_delete(&parser_);
  }

  bool next(Event& event) { return ready_ && yaml_parser_parse(&parser_, event.get()) == 1; }

  // Why there is no next event.
  YamlFault fault() const {
    if (!ready_) return {0, "not enough memory"};
    std::string message = parser_.problem == nullptr ? "not enough memory" : parser_.problem;
    if (parser_.context != nullptr) message.append(" ").append(parser_.context);
    return {line_of_fault() + 1, std::move(message)};
  }

 private:
  // From 0.
  unsigned line_of_fault() const {
    // Of bytes that are no text it knows no more than how many there were before.
    if (parser_.error == YAML_READER_ERROR) return breaks_in(text_.substr(0, parser_.problem_offset));
    const auto line = static_cast<unsigned>(parser_.problem_mark.line);
    const auto breaks = breaks_in(text_);
    const auto last = text_.ends_with('\n') || text_.ends_with('\r') ? breaks - 1 : breaks;
    if (line <= last) return line;
    // What is not closed is wrong where it begins, not behind the end of the text.
    return parser_.context != nullptr ? std::min(last, static_cast<unsigned>(parser_.context_mark.line)) : last;
  }
  // As libyaml counts lines: YAML 1.1 has more ends of them than "\n" (section 5.4).
  static unsigned breaks_in(std::string_view text) {
    auto count = std::ranges::count(text, '\n');
    for (const std::string_view other : {"\r", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
      for (auto at = text.find(other); at != std::string_view::npos; at = text.find(other, at + other.size())) {
        if (other != "\r" || !text.substr(at).starts_with("\r\n")) ++count;
      }
    }
    return static_cast<unsigned>(count);
  }

  std::string_view text_;
  yaml_parser_t parser_{};
  bool ready_ = false;
};

std::string_view text_of(const unsigned char* text) {
  const void* bytes = text;
  return text == nullptr ? std::string_view{} : static_cast<const char*>(bytes);
}

YamlTree::Tag tag_of(std::string_view tag) {
  if (tag == "!reset") return YamlTree::Tag::reset;
  return tag == "!override" ? YamlTree::Tag::replace : YamlTree::Tag::none;
}

// YAML 1.2.2, section 10.3.2.
bool is_null(std::string_view plain) {
  constexpr std::array<std::string_view, 5> nulls = {"", "~", "null", "Null", "NULL"};
  return std::ranges::find(nulls, plain) != nulls.end();
}

}  // namespace

// Puts the nodes in the order of the text.
class YamlTreeBuilder {
 public:
  using Node = YamlTree::Node;
  using Type = YamlTree::Type;

  // nullopt if all is well.
  std::optional<YamlFault> take(const Event& event) {
    line_ = static_cast<unsigned>(event->start_mark.line) + 1;
    switch (event->type) {
      case YAML_DOCUMENT_START_EVENT:
        anchors_.clear();
        tree_.roots_.push_back(size());
        return std::nullopt;
      case YAML_ALIAS_EVENT:
        return alias(text_of(event->data.alias.anchor));
      case YAML_SCALAR_EVENT:
        return scalar(event->data.scalar);
      case YAML_SEQUENCE_START_EVENT: {
        const auto& sequence = event->data.sequence_start;
        return open(text_of(sequence.anchor), {.type = Type::sequence, .tag = tag_of(text_of(sequence.tag))});
      }
      case YAML_MAPPING_START_EVENT: {
        const auto& mapping = event->data.mapping_start;
        return open(text_of(mapping.anchor), {.type = Type::mapping, .tag = tag_of(text_of(mapping.tag))});
      }
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        tree_.nodes_[open_.back()].next = size();
        open_.pop_back();
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }

  YamlTree finish() {
    for (std::uint32_t index = 0; index < size(); ++index) {
      if (tree_.nodes_[index].type == Type::mapping) check_merges(index);
    }
    return std::move(tree_);
  }

 private:
  std::uint32_t size() const { return static_cast<std::uint32_t>(tree_.nodes_.size()); }

  std::optional<YamlFault> add(std::string_view anchor, Node node) {
    if (tree_.nodes_.size() >= YamlTree::most_values) return YamlFault{line_, "too many values"};
    if (!anchor.empty()) anchors_.insert_or_assign(std::string(anchor), size());
    node.line = line_;
    node.next = size() + 1;
    tree_.nodes_.push_back(node);
    return std::nullopt;
  }
  std::optional<YamlFault> alias(std::string_view name) {
    const auto anchor = anchors_.find(name);
    if (anchor == anchors_.end()) return YamlFault{line_, "an alias of an anchor that is not there"};
    return add({}, {.alias = true, .begin = anchor->second});
  }
  std::optional<YamlFault> scalar(const auto& scalar) {
    const void* bytes = scalar.value;
    const std::string_view text(static_cast<const char*>(bytes), scalar.length);
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nullptr;
    if (plain && is_null(text)) return add(text_of(scalar.anchor), {.type = Type::null});
    const auto begin = static_cast<std::uint32_t>(tree_.texts_.size());
    tree_.texts_ += text;
    return add(text_of(scalar.anchor), {.type = Type::scalar,
                                        .tag = tag_of(text_of(scalar.tag)),
                                        .plain = plain,
                                        .begin = begin,
                                        .length = static_cast<std::uint32_t>(text.size())});
  }
  std::optional<YamlFault> open(std::string_view anchor, Node node) {
    if (open_.size() >= YamlTree::deepest) return YamlFault{line_, "nested too deep"};
    open_.push_back(size());
    return add(anchor, node);
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
  unsigned line_ = 0;
  std::map<std::string, std::uint32_t, std::less<>> anchors_;
  std::vector<std::uint32_t> open_;
};

std::expected<YamlTree, YamlFault> YamlTree::parse(std::string_view text) {
  Parser parser(text);
  YamlTreeBuilder builder;
  for (bool ended = false; !ended;) {
    Event event;
    if (!parser.next(event)) return std::unexpected(parser.fault());
    if (auto fault = builder.take(event)) return std::unexpected(std::move(*fault));
    ended = event->type == YAML_STREAM_END_EVENT;
  }
  return builder.finish();
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
    tree_->merges_ += sources.size();
    if (tree_->gave_up()) break;
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
