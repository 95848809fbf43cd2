#include "discover/caddyfile_blocks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <span>
#include <utility>

#include "system/kernel_file.h"

namespace berth::discover {
namespace {

// More than any configuration has. What imports make of a text counts too: it can grow with every one of them.
constexpr std::size_t most_words = 300'000;
constexpr std::size_t most_bytes = 16UZ << 20;
constexpr std::size_t most_file_imports = 1'000;
constexpr std::size_t most_files = 10'000;
constexpr std::size_t deepest_import = 32;
constexpr std::size_t most_problems = 100;

using Words = std::vector<CaddyToken>;

// `{args[0]}`, and `{args.0}` as it was written before, are the argument; what has no argument stays.
std::string with_arguments(std::string_view text, const Words& arguments) {
  std::string filled;
  while (true) {
    const auto begin = text.find("{args");
    const auto end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) return filled.append(text);
    auto index = text.substr(begin + 5, end - begin - 5);
    if (index.starts_with('[') && index.ends_with(']')) {
      index = index.substr(1, index.size() - 2);
    } else if (index.starts_with('.')) {
      index.remove_prefix(1);
    }
    const auto number = system::parse_number(index);
    filled.append(text.substr(0, begin));
    const bool known = number && *number < arguments.size();
    filled.append(known ? std::string_view(arguments[*number].text) : text.substr(begin, end + 1 - begin));
    text.remove_prefix(end + 1);
  }
}

// `{args[:]}`, `{args[1:]}`, `{args[:2]}`, `{args[1:2]}` alone in a word: as many words as there are arguments.
std::optional<std::span<const CaddyToken>> slice_of(std::string_view text, const Words& arguments) {
  if (!text.starts_with("{args[") || !text.ends_with("]}")) return std::nullopt;
  const auto slice = text.substr(6, text.size() - 8);
  const auto colon = slice.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto from = colon == 0 ? 0 : system::parse_number(slice.substr(0, colon));
  const auto to = colon + 1 == slice.size() ? arguments.size() : system::parse_number(slice.substr(colon + 1));
  if (!from || !to || *from > *to || *to > arguments.size()) return std::nullopt;
  return std::span(arguments).subspan(*from, *to - *from);
}

// The parts of an import's block by the names that begin them, for `{blocks.NAME}`.
std::map<std::string, Words> parts_of(const Words& block) {
  std::map<std::string, Words> parts;
  for (std::size_t at = 0; at < block.size();) {
    const auto& name = block[at++];
    Words words;
    if (at < block.size() && block[at].text == "{" && !on_new_line(name, block[at])) {
      for (std::size_t depth = 1; ++at < block.size();) {
        if (block[at].text == "{") ++depth;
        if (block[at].text == "}" && --depth == 0) break;
        words.push_back(block[at]);
      }
      ++at;
    } else {
      for (; at < block.size() && !on_new_line(block[at - 1], block[at]); ++at) words.push_back(block[at]);
    }
    parts.insert_or_assign(name.text, std::move(words));
  }
  return parts;
}

// A word that may be the name of a directive, unlike an address.
bool is_directive_name(const CaddyToken& token) {
  return token.text != "localhost" && !token.text.empty() &&
         std::ranges::all_of(token.text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

bool is_in_parentheses(std::string_view text) { return text.starts_with('(') && text.ends_with(')'); }

class BlocksReader {
 public:
  explicit BlocksReader(const FileTree& tree) : tree_(tree) {}

  CaddyfileBlocks read(const std::string& path) && {
    push(load(path, {}));
    while (peek() != nullptr && !stopped_) read_block();
    return std::move(read_);
  }

 private:
  // What comes next, and whether it begins a line.
  const CaddyToken* peek() const { return ahead_.empty() ? nullptr : &ahead_.back(); }
  bool next_is(std::string_view text) const { return peek() != nullptr && peek()->text == text; }
  bool on_next_line() const { return !current_ || on_new_line(*current_, *peek()); }

  CaddyToken pop() {
    auto token = std::move(ahead_.back());
    ahead_.pop_back();
    return token;
  }
  const CaddyToken& take() { return current_.emplace(pop()); }

  void push(Words words) {
    for (auto& word : words | std::views::reverse) ahead_.push_back(std::move(word));
  }

  void report(const CaddyToken& where, std::string message) {
    if (read_.problems.size() < most_problems)
      read_.problems.push_back({read_.files[where.file], where.line, std::move(message)});
  }
  void stop(const CaddyToken& where, std::string message) {
    report(where, std::move(message));
    stopped_ = true;
  }

  void read_block() {
    auto keys = read_keys();
    if (stopped_) return;
    const bool braces = next_is("{");
    if (!braces && is_hole(keys)) {
      std::ranges::move(keys, std::back_inserter(read_.holes));
      return;
    }
    if (keys.size() == 1 && (is_in_parentheses(keys[0].text) || keys[0].text.starts_with("&("))) {
      if (!braces) return stop(keys[0], "'" + keys[0].text + "' has no block");
      auto words = read_braces();
      if (keys[0].text.starts_with('(')) snippets_[keys[0].text.substr(1, keys[0].text.size() - 2)] = std::move(words);
      return;
    }
    auto& block = read_.blocks.emplace_back(CaddyBlock{std::move(keys), {}});
    if (peek() != nullptr) read_directives(block, braces);
    if (block.keys.empty() && block.segments.empty()) read_.blocks.pop_back();
  }

  Words read_keys() {
    Words keys;
    bool another = false;
    for (bool first = true; peek() != nullptr && !stopped_;) {
      if (!first && !another && on_next_line()) break;
      if (next_is("import") && on_next_line()) {
        import();
        continue;
      }
      if (next_is("{")) break;
      auto key = take();
      first = false;
      another = key.text.ends_with(',');
      if (another) key.text.pop_back();
      if (key.text.ends_with('{') || key.text == "}") {
        stop(key, "'" + key.text + "' is no address");
      } else if (!key.text.empty()) {
        keys.push_back(std::move(key));
      }
    }
    if (another && !stopped_) stop(*current_, "an address is missing after the comma");
    return keys;
  }

  // The line of a variable without a value, which is nothing if it has none, and not the only site's address.
  bool is_hole(const Words& keys) const {
    return !keys.empty() && std::ranges::all_of(keys, [](const auto& key) { return only_caddy_variables(key.text); }) &&
           (peek() == nullptr || !is_directive_name(*peek()));
  }

  // The words between the next brace and the one that closes it.
  Words read_braces() {
    const auto opening = take();
    Words words;
    for (std::size_t depth = 1; peek() != nullptr;) {
      const auto& token = take();
      if (token.text == "{") ++depth;
      if (token.text == "}" && --depth == 0) return words;
      words.push_back(token);
    }
    stop(opening, "the block is never closed");
    return words;
  }

  void read_directives(CaddyBlock& block, bool braces) {
    CaddyToken opening;
    if (braces) opening = take();
    while (peek() != nullptr && !stopped_) {
      if (next_is("}")) {
        const auto closing = take();
        if (!braces) stop(closing, "'}' closes nothing");
        return;
      }
      if (next_is("import")) {
        import();
      } else {
        read_directive(block);
      }
    }
    if (braces && !stopped_) stop(opening, "the block is never closed");
  }

  void read_directive(CaddyBlock& block) {
    auto& segment = block.segments.emplace_back();
    segment.push_back(take());
    std::size_t depth = 0;
    while (peek() != nullptr && !stopped_) {
      if (next_is("{")) {
        ++depth;
      } else if (depth == 0 && (on_next_line() || next_is("}"))) {
        return;
      } else if (next_is("}")) {
        --depth;
      } else if (next_is("import") && on_next_line()) {
        import();
        continue;
      }
      segment.push_back(take());
    }
    if (depth > 0 && !stopped_) stop(segment.front(), "the block of '" + segment.front().text + "' is never closed");
  }

  // Puts what is imported in the place of the import. The current word stays the one before.
  void import() {
    const auto directive = pop();
    Words arguments;
    auto last = directive;
    while (peek() != nullptr && !next_is("{") && !on_new_line(last, *peek())) arguments.push_back(last = pop());
    Words block;
    if (next_is("{") && !on_new_line(last, *peek())) {
      const auto before = current_;
      block = read_braces();
      current_ = before;
    }
    if (stopped_) return;
    if (arguments.empty()) return report(directive, "import of nothing");
    const auto source = arguments.front().text;
    arguments.erase(arguments.begin());
    if (directive.depth == deepest_import) return report(directive, "imports nest too deeply at '" + source + "'");
    const auto snippet = snippets_.find(source);
    auto words = snippet == snippets_.end() ? load_all(source, directive) : snippet->second;
    splice(std::move(words), arguments, block, directive);
  }

  void splice(Words words, const Words& arguments, const Words& block, const CaddyToken& directive) {
    const auto parts = parts_of(block);
    const auto import = ++imports_;
    Words spliced;
    const auto add = [&](CaddyToken word) {
      bytes_ += word.text.size();
      if (++words_ > most_words || bytes_ > most_bytes) return;
      word.depth = static_cast<std::uint16_t>(directive.depth + 1);
      spliced.push_back(std::move(word));
    };
    for (auto& word : words) {
      word.import = import;
      if (const auto* inner = block_for(word.text, block, parts); inner != nullptr && !inner->empty()) {
        std::ranges::for_each(*inner, add);
      } else if (const auto slice = slice_of(word.text, arguments)) {
        for (const auto& argument : *slice) {
          word.text = argument.text;
          add(word);
        }
      } else {
        word.text = with_arguments(word.text, arguments);
        add(std::move(word));
      }
      if (words_ > most_words || bytes_ > most_bytes) return stop(directive, "the imports make too many words");
    }
    push(std::move(spliced));
  }

  // What stands for `{block}` and `{blocks.NAME}`; null for other words.
  static const Words* block_for(std::string_view text, const Words& block, const std::map<std::string, Words>& parts) {
    if (text == "{block}") return &block;
    if (!text.starts_with("{blocks.") || !text.ends_with("}")) return nullptr;
    const auto part = parts.find(std::string(text.substr(8, text.size() - 9)));
    return part == parts.end() ? nullptr : &part->second;
  }

  Words load_all(const std::string& pattern, const CaddyToken& directive) {
    if (const auto names = caddy_variables(pattern); !names.empty()) {
      report(directive, "import " + pattern + ": the variable " + names.front() + " has no value here");
      return {};
    }
    if (++file_imports_ > most_file_imports) {
      stop(directive, "there are too many imports");
      return {};
    }
    const auto file = read_.files[directive.file];
    Words words;
    for (const auto& path : glob(tree_, resolve(file.substr(0, file.rfind('/')), pattern))) {
      std::ranges::move(load(path, directive), std::back_inserter(words));
      if (words_ > most_words || bytes_ > most_bytes || read_.files.size() > most_files) {
        stop(directive, "the imports make too many words");
        return {};
      }
    }
    return words;
  }

  // A file's words; `directive` is what imports it, or nothing.
  Words load(const std::string& path, const std::optional<CaddyToken>& directive) {
    const auto text = tree_.read(path);
    if (!text || !*text) {
      const auto why = text ? "no such file" : text.error();
      if (directive) {
        report(*directive, "import " + path + ": " + why);
      } else {
        read_.problems.push_back({path, 0, why});
      }
      return {};
    }
    read_.files.push_back(path);
    const auto file = static_cast<std::uint32_t>(read_.files.size() - 1);
    auto lexed = caddyfile_tokens(**text, file, most_words - std::min(words_, most_words));
    if (!lexed.fault.message.empty()) {
      CaddyToken where;
      where.file = file;
      where.line = lexed.fault.line;
      report(where, lexed.fault.message);
    }
    words_ += lexed.tokens.size();
    bytes_ += (*text)->size();
    return std::move(lexed.tokens);
  }

  const FileTree& tree_;
  CaddyfileBlocks read_;
  Words ahead_;  // the next one last
  std::optional<CaddyToken> current_;
  std::map<std::string, Words> snippets_;
  std::uint32_t imports_ = 0;
  std::size_t file_imports_ = 0;
  std::size_t words_ = 0;
  std::size_t bytes_ = 0;
  bool stopped_ = false;
};

}  // namespace

CaddyfileBlocks read_caddyfile(const FileTree& tree, const std::string& path) { return BlocksReader(tree).read(path); }

}  // namespace berth::discover
