#include "json/json_tree.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/quote.h"
#include "core/utf8.h"

namespace berth::json {

// Receives RapidJSON's events. Where a token begins follows from where the one before it ended: only white space and
// separators can lie between.
class TreeBuilder {
 public:
  TreeBuilder(JsonTree& tree, const rapidjson::MemoryStream& stream) : tree_(tree), stream_(stream) {}

  bool Null() { return add_scalar(JsonTree::Type::null); }
  bool Bool(bool) { return add_scalar(JsonTree::Type::boolean); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return add_scalar(JsonTree::Type::number); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    add_scalar(JsonTree::Type::string);
    auto& node = tree_.nodes_.back();
    return keep({text, length}, node.begin, node.end, node.text);
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    const auto begin = next_token();
    position_ = tell();
    return keep({text, length}, begin, position_, name_);
  }
  bool StartObject() { return open(JsonTree::Type::object); }
  bool EndObject(rapidjson::SizeType) { return close() && has_unique_names(); }
  bool StartArray() { return open(JsonTree::Type::array); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  // Never called: numbers come as they are written.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  std::optional<Fault> fault() const { return fault_; }

 private:
  std::uint32_t tell() const { return static_cast<std::uint32_t>(stream_.Tell()); }
  std::uint32_t next_token() const {
    return static_cast<std::uint32_t>(tree_.source_.find_first_not_of(" \t\r\n,:", position_));
  }

  std::uint32_t add(JsonTree::Type type, std::uint32_t begin, std::uint32_t end) {
    const auto index = static_cast<std::uint32_t>(tree_.nodes_.size());
    tree_.nodes_.push_back({type, begin, end, index + 1, std::exchange(name_, {}), {}});
    position_ = end;
    return index;
  }
  bool add_scalar(JsonTree::Type type) {
    add(type, next_token(), tell());
    return true;
  }
  bool open(JsonTree::Type type) {
    const auto begin = next_token();
    if (open_.size() >= JsonTree::deepest) {
      fault_ = Fault{begin, "it is nested more than " + std::to_string(JsonTree::deepest) + " levels deep"};
      return false;
    }
    open_.push_back(add(type, begin, begin + 1));
    return true;
  }
  bool close() {
    position_ = next_token() + 1;
    closed_ = open_.back();
    open_.pop_back();
    tree_.nodes_[closed_].end = position_;
    tree_.nodes_[closed_].next = static_cast<std::uint32_t>(tree_.nodes_.size());
    return true;
  }

  // RapidJSON's copy of a string goes away; the source stays, and has the same bytes unless there are escapes.
  bool keep(std::string_view text, std::uint32_t begin, std::uint32_t end, std::string_view& kept) {
    if (text.size() + 2 == end - begin) {
      kept = tree_.source_.substr(begin + 1, text.size());
      return true;
    }
    // RapidJSON checks what is escaped in the first half of a surrogate pair alone.
    if (!is_utf8(text)) {
      fault_ = Fault{begin, "the surrogate pair in string is invalid"};
      return false;
    }
    kept = tree_.unescaped_.emplace_back(text);
    return true;
  }

  // Of the object that was closed last.
  bool has_unique_names();

  JsonTree& tree_;
  const rapidjson::MemoryStream& stream_;
  std::uint32_t position_ = 0;
  std::string_view name_;
  std::vector<std::uint32_t> open_;
  std::uint32_t closed_ = 0;
  std::vector<std::uint32_t> members_;
  std::optional<Fault> fault_;
};

bool TreeBuilder::has_unique_names() {
  const auto& nodes = tree_.nodes_;
  members_.clear();
  for (auto at = closed_ + 1; at < nodes[closed_].next; at = nodes[at].next) members_.push_back(at);
  const auto name = [&nodes](std::uint32_t index) { return nodes[index].name; };
  std::ranges::stable_sort(members_, {}, name);
  const auto twice = std::ranges::adjacent_find(members_, {}, name);
  if (twice == members_.end()) return true;
  fault_ = Fault{nodes[*std::next(twice)].begin, "the name " + quote(name(*twice)) + " is there twice"};
  return false;
}

namespace {

// RapidJSON's sentences in the form of ours: lower case, no final stop.
std::string describe(rapidjson::ParseErrorCode code) {
  std::string text = rapidjson::GetParseError_En(code);
  if (!text.empty()) text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::optional<Fault> fault_before_parsing(std::string_view source) {
  if (source.size() >= UINT32_MAX) return Fault{0, "it is too large"};
  if (source.starts_with("\xef\xbb\xbf")) {
    return Fault{0, "it begins with a byte order mark; save it as plain UTF-8, without one"};
  }
  if (source.find_first_not_of(" \t\r\n") == std::string_view::npos) return Fault{0, "it is empty"};
  // RapidJSON would take it for the end of the text. File systems leave such bytes after a power failure.
  const auto nul = source.find('\0');
  if (nul != std::string_view::npos) return Fault{nul, "it has NUL bytes"};
  return std::nullopt;
}

}  // namespace

std::expected<JsonTree, Fault> JsonTree::parse(std::string_view source) {
  if (auto fault = fault_before_parsing(source)) return std::unexpected(std::move(*fault));
  constexpr unsigned flags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;
  JsonTree tree(source);
  rapidjson::MemoryStream stream(source.data(), source.size());
  TreeBuilder builder(tree, stream);
  rapidjson::Reader reader;
  const auto result = reader.Parse<flags>(stream, builder);
  if (!result.IsError()) return tree;
  if (auto fault = builder.fault()) return std::unexpected(std::move(*fault));
  auto message =
      result.Offset() >= source.size() ? "it ends too early: " + describe(result.Code()) : describe(result.Code());
  return std::unexpected(Fault{result.Offset(), std::move(message)});
}

std::optional<JsonTree::Value> JsonTree::Value::find(std::string_view name) const {
  if (!is(Type::object)) return std::nullopt;
  for (const auto child : children()) {
    if (child.name() == name) return child;
  }
  return std::nullopt;
}

std::string JsonTree::Value::compact() const {
  const auto json = source();
  std::string out;
  out.reserve(json.size());
  bool in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char byte = json[at];
    if (in_string && byte == '\\' && at + 1 < json.size()) {
      out.append(json.substr(at++, 2));
      continue;
    }
    if (byte == '"') in_string = !in_string;
    const bool is_space = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
    if (in_string || !is_space) out.push_back(byte);
  }
  return out;
}

}  // namespace berth::json
