#include "store/strict_form.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "store/codec.h"
#include "unit/store/random_registry.h"

namespace berth::store {
namespace {

using testing::ElementsAre;

Registry indexed(const Registry& registry) {
  return index_strict_form(std::make_shared<const std::string>(format_registry(registry))).value();
}

std::string joined(const AmendedText& text) {
  std::string whole;
  for (const auto piece : text.pieces) whole += piece;
  return whole;
}

// Some that are there and some that are not.
std::set<std::string> some_services(const Registry& registry) {
  std::set<std::string> services;
  for (const auto& [service, allocation] : registry.allocations()) {
    if (*rc::gen::inRange(0, 3) == 0) services.insert(service);
  }
  const auto more = *rc::gen::inRange(0, 4);
  for (int count = 0; count < more; ++count) services.insert(*tests::plain_name());
  return services;
}

RC_GTEST_PROP(StrictFormProperty, AnIndexedRegistryIsTheSame, ()) {
  const auto registry = *tests::plain_registry();
  RC_ASSERT(indexed(registry) == registry);
}

RC_GTEST_PROP(StrictFormProperty, AnIndexedRegistryAnswersTheSame, ()) {
  const auto registry = *tests::plain_registry();
  auto unread = indexed(registry);
  RC_ASSERT(unread.has_owners() == registry.has_owners());
  std::size_t endpoints = 0;
  unread.for_each_endpoint([&](const Endpoint&) { ++endpoints; });
  RC_ASSERT(endpoints == registry.allocations().size());
  for (const auto& service : some_services(registry)) {
    RC_ASSERT(entry_of(unread, service).allocation == entry_of(registry, service).allocation);
  }
  RC_ASSERT(unread == registry);
}

RC_GTEST_PROP(StrictFormProperty, AnIndexedRegistryChangesTheSame, ()) {
  auto registry = *tests::plain_registry();
  auto unread = indexed(registry);
  for (const auto& service : some_services(registry)) {
    if (*rc::gen::arbitrary<bool>()) {
      RC_ASSERT(unread.erase(service) == registry.erase(service));
    } else {
      unread.put({.service = service});
      registry.put({.service = service});
    }
  }
  RC_ASSERT(unread.has_owners() == registry.has_owners());
  RC_ASSERT(unread == registry);
}

RC_GTEST_PROP(StrictFormProperty, AnAmendedTextIsWhatWouldBeWritten, ()) {
  const auto before = *tests::plain_registry();
  const auto text = format_registry(before);
  auto after = before;
  ++after.revision;
  const auto services = some_services(before);
  for (const auto& service : services) {
    after.erase(service);
    if (*rc::gen::arbitrary<bool>()) after.put({.service = service, .endpoint = *tests::endpoint()});
  }
  const std::vector<std::string_view> changed(services.begin(), services.end());
  RC_ASSERT(joined(amend_strict_form(text, after, changed)) == format_registry(after));
}

TEST(AmendStrictForm, CopiesWhatStaysAsItWas) {
  Registry registry;
  for (const auto* service : {"a", "b", "c"}) registry.put({.service = service});
  const auto text = format_registry(registry);
  registry.erase("b");
  EXPECT_THAT(amend_strict_form(text, registry, {"b"}).pieces,
              ElementsAre(testing::_, testing::StartsWith("\n    \"a\""), ",", testing::StartsWith("\n    \"c\""),
                          "\n  }\n}\n"));
}

TEST(IsInStrictForm, LooksForTheWholeName) {
  Registry registry;
  registry.put({.service = "webmail"});
  const auto text = format_registry(registry);
  EXPECT_TRUE(is_in_strict_form(text, "webmail"));
  EXPECT_FALSE(is_in_strict_form(text, "web"));
  EXPECT_FALSE(is_in_strict_form(text, "mail"));
}

}  // namespace
}  // namespace berth::store
