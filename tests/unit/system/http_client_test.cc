// The HTTP client against a server that does all that a server should not.
#include "system/http_client.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

#include "unit/inspect/fake_engine.h"

namespace berth::system {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::answers;
using tests::FakeEngine;
using tests::http_answer;
using Then = FakeEngine::Reply::Then;

std::chrono::steady_clock::time_point soon(std::chrono::milliseconds time = 10s) {
  return std::chrono::steady_clock::now() + time;
}

// What a single request to a server that says `bytes` ends with: an errno, or 0.
int code_of(const std::string& bytes, Then then, std::chrono::milliseconds time = 10s) {
  FakeEngine server([&](const std::string&) { return FakeEngine::Reply{bytes, then}; });
  HttpClient client({.unix_path = server.socket()}, 1000);
  const auto answer = client.get("/", soon(time));
  return answer ? 0 : answer.error().code;
}

TEST(HttpClient, GivesStatusAndBody) {
  FakeEngine server(answers({{"/a?b=1", "hello"}}));
  HttpClient client({.unix_path = server.socket()});
  const auto answer = client.get("/a?b=1", soon());
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->body, "hello");
}

TEST(HttpClient, AnyStatusIsAnAnswer) {
  FakeEngine server(answers({}));
  HttpClient client({.unix_path = server.socket()});
  const auto answer = client.get("/a", soon());
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->status, 404U);
  EXPECT_THAT(answer->body, HasSubstr("page not found"));
}

TEST(HttpClient, ReadsChunks) {
  FakeEngine server([](const std::string&) {
    return FakeEngine::Reply{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"};
  });
  HttpClient client({.unix_path = server.socket()});
  EXPECT_EQ(client.get("/", soon())->body, "abcdefg");
  EXPECT_EQ(client.get("/", soon())->body, "abcdefg");
  EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, ReadsABodyThatEndsWithTheConnection) {
  FakeEngine server([](const std::string&) { return FakeEngine::Reply{"HTTP/1.0 200 OK\r\n\r\nabc", Then::close}; });
  HttpClient client({.unix_path = server.socket()});
  EXPECT_EQ(client.get("/", soon())->body, "abc");
}

TEST(HttpClient, KeepsTheConnection) {
  FakeEngine server(answers({{"/1", "one"}, {"/2", "two"}}));
  HttpClient client({.unix_path = server.socket()});
  EXPECT_EQ(client.get("/1", soon())->body, "one");
  EXPECT_EQ(client.get("/2", soon())->body, "two");
  EXPECT_THAT(server.requests(), ElementsAre("/1", "/2"));
  EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, ConnectsAgainWhereTheServerDoesNotKeepIt) {
  FakeEngine server([](const std::string&) {
    return FakeEngine::Reply{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", Then::close};
  });
  HttpClient client({.unix_path = server.socket()});
  EXPECT_EQ(client.get("/", soon())->body, "x");
  EXPECT_EQ(client.get("/", soon())->body, "x");
  EXPECT_EQ(server.connections(), 2U);
}

TEST(HttpClient, ConnectsAgainAfterAnError) {
  unsigned count = 0;
  FakeEngine server([&](const std::string&) {
    return ++count == 1 ? FakeEngine::Reply{"HTTP/1.1 200", Then::close} : FakeEngine::Reply{http_answer("x")};
  });
  HttpClient client({.unix_path = server.socket()});
  EXPECT_EQ(client.get("/", soon()).error().code, ECONNRESET);
  EXPECT_EQ(client.get("/", soon())->body, "x");
}

TEST(HttpClient, WaitsNoLongerThanTheDeadline) {
  EXPECT_EQ(code_of("", Then::hang, 30ms), ETIMEDOUT);
  EXPECT_EQ(code_of("HTTP/1.1 200 OK\r\nContent-Le", Then::hang, 30ms), ETIMEDOUT);
  EXPECT_EQ(code_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Then::hang, 30ms), ETIMEDOUT);
  EXPECT_EQ(code_of(http_answer("abc"), Then::wait, -1ms), ETIMEDOUT);
}

TEST(HttpClient, ADeadlineThatNeverComes) {
  FakeEngine server(answers({{"/", "x"}}));
  HttpClient client({.unix_path = server.socket()});
  EXPECT_EQ(client.get("/", std::chrono::steady_clock::time_point::max())->body, "x");
}

TEST(HttpClient, ABrokenAnswerIsNone) {
  EXPECT_EQ(code_of("", Then::close), ECONNRESET);
  EXPECT_EQ(code_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Then::close), ECONNRESET);
  EXPECT_EQ(code_of("220 mail.example.org ESMTP\r\n\r\n", Then::close), EBADMSG);
  EXPECT_EQ(code_of(std::string("\0\1\2\3\r\n\r\n", 8), Then::close), EBADMSG);
}

TEST(HttpClient, ReadsNoMoreThanItsLimit) {
  EXPECT_EQ(code_of(http_answer(std::string(1000, 'x')), Then::wait), 0);
  EXPECT_EQ(code_of(http_answer(std::string(1001, 'x')), Then::wait), EMSGSIZE);
  EXPECT_EQ(code_of("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", Then::hang), EMSGSIZE);
  EXPECT_EQ(code_of("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'), Then::hang), EMSGSIZE);
  std::string endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int chunk = 0; chunk < 1000; ++chunk) endless += "5\r\nabcde\r\n";
  EXPECT_EQ(code_of(endless, Then::hang), EMSGSIZE);
}

TEST(HttpClient, SaysWhyItCannotConnect) {
  const auto code = [](HttpPlace place) { return HttpClient(std::move(place)).get("/", soon()).error().code; };
  EXPECT_EQ(code({.unix_path = "/nowhere/engine.sock"}), ENOENT);
  EXPECT_EQ(code({.unix_path = std::string(200, 'x')}), ENAMETOOLONG);
  EXPECT_EQ(code({.unix_path = {}, .address = "engine.example.org", .port = 2375}), EADDRNOTAVAIL);
  const tests::ScratchDirectory directory;
  directory.write("file", "");
  EXPECT_EQ(code({.unix_path = directory.path("file")}), ECONNREFUSED);
}

TEST(HttpClient, RefusesATargetThatIsNone) {
  FakeEngine server(answers({}));
  HttpClient client({.unix_path = server.socket()});
  for (const std::string target : {"", "a", "/a b", "/a\r\nX: y", "/\xc3\xa9"}) {
    EXPECT_EQ(client.get(target, soon()).error().code, EINVAL) << target;
  }
  EXPECT_EQ(server.connections(), 0U);
}

std::vector<std::string> hundred_targets() {
  std::vector<std::string> targets;
  for (int number = 0; number < 100; ++number) targets.push_back("/" + std::to_string(number));
  return targets;
}

TEST(HttpClient, ManyAnswersComeInOrderOverOneConnection) {
  FakeEngine server([](const std::string& target) { return FakeEngine::Reply{http_answer(target)}; });
  HttpClient client({.unix_path = server.socket()});
  std::vector<std::string> got;
  const auto done = client.get_each(hundred_targets(), soon(), [&](std::size_t index, const HttpAnswer& answer) {
    EXPECT_EQ(index, got.size());
    got.push_back(answer.body);
    return true;
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(got, hundred_targets());
  EXPECT_EQ(server.requests(), hundred_targets());
  EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpClient, ManyAnswersOfAServerThatHangsUpAfterEach) {
  FakeEngine server([](const std::string& target) {
    return FakeEngine::Reply{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + target, Then::close};
  });
  HttpClient client({.unix_path = server.socket()});
  const std::vector<std::string> targets{"/1", "/2", "/3"};
  std::vector<std::string> got;
  const auto done = client.get_each(targets, soon(), [&](std::size_t, const HttpAnswer& answer) {
    got.push_back(answer.body);
    return true;
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(got, targets);
}

TEST(HttpClient, AnErrorAmongManyKeepsWhatWasTaken) {
  FakeEngine server([](const std::string& target) {
    return target == "/7" ? FakeEngine::Reply{"HTTP", Then::close} : FakeEngine::Reply{http_answer(target)};
  });
  HttpClient client({.unix_path = server.socket()});
  std::size_t taken = 0;
  const auto done = client.get_each(hundred_targets(), soon(), [&](std::size_t, const HttpAnswer&) {
    ++taken;
    return true;
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ECONNRESET);
  EXPECT_EQ(taken, 7U);
}

TEST(HttpClient, WhoHasSeenEnoughOfManyStops) {
  FakeEngine server([](const std::string& target) { return FakeEngine::Reply{http_answer(target)}; });
  HttpClient client({.unix_path = server.socket()});
  const auto done =
      client.get_each(hundred_targets(), soon(), [](std::size_t index, const HttpAnswer&) { return index < 2; });
  EXPECT_TRUE(done);
  EXPECT_EQ(client.get("/next", soon())->body, "/next") << "no answer of before";
}

TEST(HttpClient, NamesItsPlace) {
  EXPECT_EQ(to_string(HttpPlace{.unix_path = "/run/x.sock"}), "/run/x.sock");
  EXPECT_EQ(to_string(HttpPlace{{}, "127.0.0.1", 2375}), "127.0.0.1:2375");
  EXPECT_EQ(to_string(HttpPlace{{}, "::1", 2375}), "[::1]:2375");
  EXPECT_THAT(HttpClient({.unix_path = "/nowhere/x"}).get("/", soon()).error().message(), HasSubstr("/nowhere/x"));
}

}  // namespace
}  // namespace berth::system
