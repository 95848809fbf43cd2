#include "store/history.h"

#include <array>
#include <charconv>
#include <utility>

#include "core/json_text.h"
#include "json/json_tree.h"
#include "store/allocation_form.h"
#include "store/codec.h"

namespace berth::store {

using namespace std::string_view_literals;
using json::Fault;
using json::JsonTree;

namespace {

using Value = JsonTree::Value;
using Type = JsonTree::Type;

constexpr std::string_view start_of_line = "{\"revision\": ";

// The value whose word this is.
template <typename Word, std::size_t count>
std::optional<Word> parse_word(const std::optional<Value>& value, const std::array<Word, count>& words) {
  for (const auto word : words) {
    if (value && value->is(Type::string) && value->string() == to_string(word)) return word;
  }
  return std::nullopt;
}

constexpr std::array choices{Choice::kept, Choice::preferred, Choice::moved};
constexpr std::array verdicts{Verdict::free, Verdict::held, Verdict::allocated, Verdict::draining, Verdict::unknown};
constexpr std::array sources{Source::registry, Source::socket, Source::container, Source::nat,
                             Source::systemd,  Source::kernel, Source::browser};

void write_side(JsonPen& pen, std::string_view intro, const Shared<Allocation>& allocation) {
  pen.text(intro);
  if (allocation) {
    write_allocation(pen, *allocation);
  } else {
    pen.text("null"sv);
  }
}

template <typename Values, typename Write>
void write_array(JsonPen& pen, const Values& values, Write write) {
  pen.text("["sv);
  std::string_view separator;
  for (const auto& value : values) {
    pen.text(std::exchange(separator, ", "sv));
    write(pen, value);
  }
  pen.text("]"sv);
}

void write_evidence(JsonPen& pen, const Evidence& evidence) {
  pen.text("{\"source\": "sv);
  pen.string(to_string(evidence.source));
  pen.text(", \"what\": "sv);
  pen.string(evidence.what);
  pen.text("}"sv);
}

void write_skip(JsonPen& pen, const Skip& skip) {
  pen.text("{\"port\": "sv);
  pen.number(skip.ports.first);
  pen.text(", \"last\": "sv);
  if (skip.ports.size() > 1) {
    pen.number(skip.ports.last);
  } else {
    pen.text("null"sv);
  }
  pen.text(", \"verdict\": "sv);
  if (skip.verdict) {
    pen.string(to_string(*skip.verdict));
  } else {
    pen.text("null"sv);
  }
  pen.text(", \"evidence\": "sv);
  write_array(pen, skip.evidence, write_evidence);
  pen.text("}"sv);
}

void write_record(JsonPen& pen, const Record& record) {
  pen.text("{\"service\": "sv);
  pen.string(record.service());
  write_side(pen, ", \"before\": "sv, record.before);
  write_side(pen, ", \"after\": "sv, record.after);
  if (record.choice) {
    pen.text(", \"decision\": \""sv);
    pen.text(to_string(*record.choice));
    pen.text("\""sv);
  }
  if (!record.skipped.empty()) {
    pen.text(", \"skipped\": "sv);
    write_array(pen, record.skipped, write_skip);
  }
  pen.text("}"sv);
}

void write_commit(std::string& out, const Commit& commit) {
  JsonPen pen(out);
  pen.text(start_of_line);
  pen.number(commit.revision);
  pen.text(", \"time\": "sv);
  pen.string(commit.time);
  pen.text(", \"user\": "sv);
  pen.string(commit.author.user);
  pen.text(", \"command\": "sv);
  pen.string(commit.author.command);
  pen.text(", \"changes\": "sv);
  write_array(pen, commit.records, write_record);
  pen.text("}\n"sv);
}

std::string text_of(const Value& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->is(Type::string) ? std::string(value->string()) : std::string();
}

// False if there is something else than an allocation or null.
bool read_side(const Value& record, std::string_view name, std::string_view service, Shared<Allocation>& side) {
  const auto value = record.find(name);
  if (!value || value->is(Type::null)) return true;
  auto allocation = read_allocation(service, *value);
  if (!allocation) return false;
  side = std::move(*allocation);
  return true;
}

std::optional<Skip> read_skip(const Value& value) {
  const auto port = value.find("port");
  const auto first = port ? read_port(*port) : std::unexpected(Fault{});
  if (!first) return std::nullopt;
  Skip skip{.ports = {*first, *first}, .verdict = parse_word(value.find("verdict"), verdicts), .evidence = {}};
  if (const auto last = value.find("last"); last && !last->is(Type::null)) {
    const auto number = read_port(*last);
    if (!number || *number < *first) return std::nullopt;
    skip.ports.last = *number;
  }
  if (const auto evidence = value.find("evidence"); evidence && evidence->is(Type::array)) {
    for (const auto statement : evidence->children()) {
      const auto source = parse_word(statement.find("source"), sources);
      if (source) skip.evidence.push_back({*source, text_of(statement, "what")});
    }
  }
  return skip;
}

bool read_skips(const Value& record, std::vector<Skip>& skips) {
  const auto values = record.find("skipped");
  if (!values) return true;
  if (!values->is(Type::array)) return false;
  for (const auto value : values->children()) {
    auto skip = read_skip(value);
    if (!skip) return false;
    skips.push_back(std::move(*skip));
  }
  return true;
}

std::optional<Record> read_record(const Value& value) {
  const auto service = value.find("service");
  if (!service || !service->is(Type::string)) return std::nullopt;
  Record record;
  record.choice = parse_word(value.find("decision"), choices);
  if (!read_side(value, "before", service->string(), record.before) ||
      !read_side(value, "after", service->string(), record.after) || !read_skips(value, record.skipped) ||
      (!record.before && !record.after)) {
    return std::nullopt;
  }
  return record;
}

// Without a look at the rest of the line; nullopt if it does not begin as we begin it.
std::optional<std::uint64_t> peek_revision(std::string_view line) {
  if (!line.starts_with(start_of_line)) return std::nullopt;
  line.remove_prefix(start_of_line.size());
  std::uint64_t revision = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), revision);
  const bool is_number = error == std::errc{} && end != line.data() + line.size() && *end == ',';
  return is_number ? std::optional(revision) : std::nullopt;
}

bool concerns(const Commit& commit, std::string_view service) {
  for (const auto& record : commit.records) {
    if (record.service() == service) return true;
  }
  return service.empty();
}

class CommitReader {
 public:
  CommitReader(std::uint64_t latest, std::string_view service) : latest_(latest), service_(service) {
    append_json_string(needle_, service);
  }

  void read(std::string_view line) {
    const auto revision = peek_revision(line);
    // Nearly all lines are about other services: those are not parsed.
    if (revision && !service_.empty() && !line.contains(needle_)) return begin_again_at(*revision);
    auto commit = parse_commit(line);
    if (!commit) return;
    begin_again_at(commit->revision);
    if (commit->revision <= latest_ && concerns(*commit, service_)) commits_.push_back(std::move(*commit));
  }

  std::vector<Commit> take() { return std::move(commits_); }

 private:
  void begin_again_at(std::uint64_t revision) {
    while (!commits_.empty() && commits_.back().revision >= revision) commits_.pop_back();
  }

  std::uint64_t latest_;
  std::string_view service_;
  std::string needle_;
  std::vector<Commit> commits_;
};

}  // namespace

std::string history_path(std::string_view registry_path) {
  if (registry_path.ends_with(".json")) registry_path.remove_suffix(std::string_view(".json").size());
  return std::string(registry_path) + ".history.jsonl";
}

std::string format_commit(const Commit& commit) {
  constexpr std::size_t usual_length = 200;
  std::string out;
  out.reserve((commit.records.size() + 1) * usual_length);
  write_commit(out, commit);
  return out;
}

std::optional<Commit> parse_commit(std::string_view line) {
  const auto tree = JsonTree::parse(line);
  if (!tree || !tree->root().is(Type::object)) return std::nullopt;
  const auto root = tree->root();
  const auto revision = root.find("revision");
  const auto number = revision ? read_count(*revision, highest_revision) : std::unexpected(Fault{});
  const auto changes = root.find("changes");
  if (!number || !changes || !changes->is(Type::array)) return std::nullopt;
  Commit commit{.revision = *number,
                .time = text_of(root, "time"),
                .author = {.user = text_of(root, "user"), .command = text_of(root, "command")},
                .records = {}};
  for (const auto change : changes->children()) {
    auto record = read_record(change);
    if (!record) return std::nullopt;
    commit.records.push_back(std::move(*record));
  }
  return commit;
}

std::vector<Commit> read_commits(std::string_view text, std::uint64_t latest, std::string_view service) {
  CommitReader reader(latest, service);
  for (auto newline = text.find('\n'); newline != std::string_view::npos; newline = text.find('\n')) {
    reader.read(text.substr(0, newline));
    text.remove_prefix(newline + 1);
  }
  return reader.take();
}

std::optional<std::size_t> remnant_length(std::string_view tail, bool is_whole, std::uint64_t latest) {
  const auto newline = tail.rfind('\n');
  if (newline == std::string_view::npos) return is_whole ? std::optional(tail.size()) : std::nullopt;
  const auto torn = tail.size() - newline - 1;
  const auto before = newline == 0 ? std::string_view::npos : tail.rfind('\n', newline - 1);
  if (before == std::string_view::npos && !is_whole) return std::nullopt;
  const auto start = before == std::string_view::npos ? 0 : before + 1;
  const auto revision = peek_revision(tail.substr(start, newline - start));
  return revision && *revision == latest + 1 ? tail.size() - start : torn;
}

}  // namespace berth::store
