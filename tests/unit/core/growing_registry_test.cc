#include "core/growing_registry.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "unit/core/random_values.h"

namespace berth {
namespace {

// Whatever is put into it: it answers as a plain registry does.
RC_GTEST_PROP(GrowingRegistryProperty, IsTheRegistryThatItHasBecome, ()) {
  Registry plain;
  for (const auto& allocation : *tests::any_allocations()) plain.put(allocation);
  GrowingRegistry growing(plain);
  for (const auto& allocation : *tests::any_allocations()) {
    plain.put(allocation);
    growing.put(allocation);
    const auto asked = *tests::any_endpoint();
    std::vector<std::string> expected;
    for (const auto* other : plain.overlapping(asked)) expected.push_back(other->service);
    std::vector<std::string> found;
    for (const auto* other : growing.overlapping(asked)) found.push_back(other->service);
    RC_ASSERT(found == expected);
    RC_ASSERT(*growing.find(allocation.service) == allocation);
  }
  RC_ASSERT(std::move(growing).take() == plain);
}

}  // namespace
}  // namespace berth
