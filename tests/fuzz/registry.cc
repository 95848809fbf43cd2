// The registry's text: two readers, which must agree, and one writer.
#include <memory>
#include <string>

#include "fuzz/targets.h"
#include "store/codec.h"
#include "store/strict_form.h"

namespace berth::fuzz {
namespace {

using store::parse_registry;

// White space before it keeps a text from being in the strict form.
std::string for_general_reader(std::string_view text) { return " " + std::string(text); }

void check_entries(std::string_view text, const Registry& registry) {
  for (const auto& [service, allocation] : registry.allocations()) {
    const auto entry = store::find_entry(text, service, "fuzz");
    promise(entry && entry->allocation == allocation, "a service is found as it is read with all others");
  }
  const auto absent = store::find_entry(text, "no such service, by any name", "fuzz");
  promise(absent && (!absent->allocation || registry.find("no such service, by any name") != nullptr),
          "a service that is not there is not found");
  promise(absent->owners_recorded == registry.has_owners(), "owners are seen by both");
}

void check_strict_form(std::string_view text) {
  const auto strict = store::parse_strict_form(text);
  const auto indexed = store::index_strict_form(std::make_shared<const std::string>(text));
  promise(strict.has_value() == indexed.has_value(), "reading and indexing accept the same");
  if (!strict) return;
  promise(*indexed == *strict, "an indexed registry is the one that is read");
  const auto general = parse_registry(for_general_reader(text), "fuzz");
  promise(general && *general == *strict, "what the strict reader accepts, the general one reads alike");
  promise(store::format_registry(*strict) == text, "the strict form is written again to the letter");
  for (const auto& [service, allocation] : strict->allocations()) {
    promise(store::is_in_strict_form(text, service), "a service that is there may be there");
    const auto entry = store::find_in_strict_form(text, service);
    promise(entry && entry->allocation == allocation, "a service is found in the strict form as it is read");
  }
}

}  // namespace

void registry(std::string_view input) {
  check_strict_form(input);
  const auto read = parse_registry(input, "fuzz");
  const auto general = parse_registry(for_general_reader(input), "fuzz");
  promise(read.has_value() == general.has_value(), "both readers accept the same");
  if (!read) {
    promise(!store::find_entry(input, "web", "fuzz"), "nothing is found in what is refused");
    return;
  }
  promise(*read == *general, "both readers read the same");
  check_entries(input, *read);
  const auto written = store::format_registry(*read);
  const auto again = parse_registry(written, "fuzz");
  promise(again && *again == *read, "what is read and written is read the same");
  promise(store::format_registry(*again) == written, "and written the same");
}

}  // namespace berth::fuzz
