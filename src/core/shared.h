// A value that may be absent, does not change, and is shared by its copies.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace berth {

template <typename T>
class Shared {
 public:
  Shared() = default;
  Shared(std::nullopt_t) {}
  Shared(T value) : value_(std::make_shared<const T>(std::move(value))) {}
  Shared(std::optional<T> value) : value_(value ? std::make_shared<const T>(*std::move(value)) : nullptr) {}
  // Of a value that is part of something shared: std::shared_ptr's aliasing constructor makes one.
  Shared(std::shared_ptr<const T> value) : value_(std::move(value)) {}

  explicit operator bool() const { return value_ != nullptr; }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  friend bool operator==(const Shared& left, const Shared& right) {
    return left && right ? *left == *right : !left && !right;
  }
  friend bool operator==(const Shared& left, const T& right) { return left && *left == right; }

 private:
  std::shared_ptr<const T> value_;
};

}  // namespace berth
