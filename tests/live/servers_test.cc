// What the discoverers of web servers say of a configuration, and what the real programs open on it.
#include "live/servers.h"

#include <gmock/gmock.h>

#include "discover/apache.h"
#include "discover/directory_tree.h"
#include "discover/haproxy.h"
#include "discover/nginx.h"

namespace berth::live {
namespace {

using testing::IsEmpty;
using testing::Not;

#define NEEDS(program) \
  if (!has_program(program)) GTEST_SKIP() << "no " program " here"

class Nginx : public ServersTest {
 protected:
  void expect_the_same(const std::string& path) {
    start("nginx -e stderr -c " + scratch.path("nginx.conf") + " -g 'pid " + scratch.path("pid") + ";'");
    EXPECT_THAT(listening(), Not(IsEmpty()));
    EXPECT_EQ(discovered(discover::NginxDiscoverer(), path), listening());
  }
};

TEST_F(Nginx, OpensWhatWasFound) {
  NEEDS("nginx");
  const std::string modules = "/usr/lib/nginx/modules/ngx_";
  if (shell->run("ls " + modules + "{stream,mail}_module.so 2>/dev/null | wc -l") != "2") {
    GTEST_SKIP() << "no libnginx-mod-stream and libnginx-mod-mail here";
  }
  scratch.write("nginx.conf", "load_module " + modules + "stream_module.so; load_module " + modules + R"(mail_module.so;
# listen 1; {
user root;
events { }
error_log stderr;
http {
  access_log off;
  map $host $name { listen 2; default "a{"; }
  types { text/html html; }
  server { server_name nothing.example; }
  server { listen 8000-8003; return 200 "
    listen 3;";
  }
  server { listen *:8001; listen "8002"; listen 0082 default_server; location / { if ($host = "b") { return 301 /; } } }
  server { listen [::]:80; listen [::]:8081 ipv6only=off; listen [::]:8082; }
  server { listen [::]:8081; listen 192.0.2.1:80; listen 192.0.2.1:8005; listen 8004; listen 192.0.2.1:8004; }
  server { listen 192.0.2.2; listen unix:)" +
                                  scratch.path("socket") + R"(; listen [2001:db8::1]:80; listen [2001:db8::1]:8443; }
  server { listen [::1]; listen 127.0.0.1:8085; server_name ${a}b; }
  include sites/*.conf;
  include )" + scratch.path("one") +
                                  R"(;
}
stream {
  server { listen 53 udp; listen [::1]:53 udp; listen 54; listen 192.0.2.1:55 udp reuseport; proxy_pass 127.0.0.1:3; }
  server { listen 127.0.0.1:56; listen 192.0.2.1:54; listen 56; proxy_pass 127.0.0.1:3; }
}
mail {
  auth_http 127.0.0.1:9;
  server { listen 25; protocol smtp; }
  server { protocol imap; listen 127.0.0.1:143; }
}
)");
  scratch.write("sites/b.conf", "server {\r\n  listen\r\n    8200;#listen 4;\r\n  include included;\r\n}\r\n");
  scratch.write("sites/.hidden.conf", "server { listen 5; }");
  scratch.write("sites/c.off", "server { listen 6; }");
  scratch.write("one", "server { listen 8202; listen 8203; }");
  scratch.write("included", "listen 8201;");
  expect_the_same(scratch.path("nginx.conf"));
}

TEST_F(Nginx, OpensASocketOfItsOwnBesideTheWildcard) {
  NEEDS("nginx");
  scratch.write("nginx.conf", R"(user root; events { } error_log stderr;
http {
  access_log off;
  server { listen 8000-8001; listen 192.0.2.1:8002-8003 backlog=64 bind; listen [::]:8001-8003; }
}
)");
  expect_the_same(scratch.path("nginx.conf"));
}

TEST_F(Nginx, DebiansOwn) {
  NEEDS("nginx");
  if (shell->run("[ -e /etc/nginx/nginx.conf ] && echo yes || true") != "yes") GTEST_SKIP() << "no /etc/nginx here";
  shell->run(
      "sed -E '/^ *pid /d; s,^([[:space:]]*(access|error)_log) .*,\\1 /dev/null;,' /etc/nginx/nginx.conf >nginx.conf");
  expect_the_same("/etc/nginx/nginx.conf");
}

class Apache : public ServersTest {
 protected:
  void expect_the_same(const std::string& path, const std::string& arguments) {
    start(
        "[ ! -e envvars ] || . ./envvars; APACHE_RUN_USER=www-data APACHE_RUN_GROUP=www-data APACHE_PID_FILE=$PWD/pid "
        "APACHE_RUN_DIR=$PWD "
        "APACHE_LOCK_DIR=$PWD APACHE_LOG_DIR=$PWD apache2 -k start " +
        arguments);
    EXPECT_THAT(listening(), Not(IsEmpty()));
    EXPECT_EQ(discovered(discover::ApacheDiscoverer(), path), listening());
  }
};

TEST_F(Apache, OpensWhatWasFound) {
  NEEDS("apache2");
  scratch.write("apache2.conf",
                "\
ServerName test.example\nPidFile pid\nErrorLog error\nDefaultRuntimeDir .\nUser www-data\nGroup www-data\n\
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n\
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"
                R"(
Listen 80
listen 192.0.2.1:81
LISTEN [::1]:82 https
Listen [::]:83
Listen *:84
Listen 0.0.0.0:85
Listen 0.0.0.0:80
  Listen \
   86
# Listen 1 \
Listen 2
# Listen 3 \\
Listen 4
Define PORT 89
Listen ${PORT}
Define BOTH 192.0.2.2:9
Listen ${BOTH}0
Define PORT 9
Listen ${FROM_ENVVARS}
Listen "91"
Listen 092
Listen ::1:93
<IfModule !mod_ssl.c>
  Listen 96
  <IfModule ssl_module>
    Listen 5
  </IfModule>
</IfModule>
<IfModule event.c>
  Listen 97
</IfModule>
<IfModule mpm_event_module>
  <IfDefine PORT>
    Listen 98
  </IfDefine>
</IfModule>
<IfDefine !PORT>
  Listen 6
</IfDefine>
<IfDefine NEVER>
  Listen 7
</IfDefine>
<IfDefine !NEVER>
  Listen 99
</IfDefine>
<IfFile apache2.conf>
  Listen 101
</IfFile>
<IfFile none>
  Listen 8
</IfFile>
<IFMODULE mod_so.c>
  Listen 104
</ifmodule>
Listen [::ffff:127.0.0.1]:105
Include parts
Include wild/*.conf
IncludeOptional nothing/*.conf
IncludeOptional nothing
<VirtualHost *:9000>
  ServerName other.example
</VirtualHost>
)");
  scratch.write("envvars", "export FROM_ENVVARS=120\nif true; then\n  export FROM_IF=9\nfi\n");
  scratch.write("parts/a.conf", "Listen 110\r\n");
  scratch.write("parts/.hidden", "Listen 111\r\n<IfModule mod_so.c>\r\nListen \\\r\n112\r\n</IfModule>\r\n");
  scratch.write("parts/deep/b~", "Listen 113");
  scratch.write("wild/c.conf", "Listen 114\n");
  scratch.write("wild/.d.conf", "Listen 10\n");
  scratch.write("wild/e.off", "Listen 11\n");
  expect_the_same(scratch.path("apache2.conf"), "-d $PWD -f apache2.conf");
}

TEST_F(Apache, DebiansOwn) {
  NEEDS("apache2");
  if (shell->run("[ -e /etc/apache2/apache2.conf ] && echo yes || true") != "yes")
    GTEST_SKIP() << "no /etc/apache2 here";
  expect_the_same("/etc/apache2/apache2.conf", "-f /etc/apache2/apache2.conf");
}

class Haproxy : public ServersTest {
 protected:
  void expect_the_same() {
    start("haproxy -D -p pid -f haproxy.cfg");
    EXPECT_THAT(listening(), Not(IsEmpty()));
    EXPECT_EQ(discovered(discover::HaproxyDiscoverer(), scratch.path("haproxy.cfg")), listening());
  }
};

constexpr const char* defaults = R"(
defaults base
  mode tcp
  timeout client 1s
  timeout server 1s
  timeout connect 1s
)";

TEST_F(Haproxy, OpensWhatWasFound) {
  NEEDS("haproxy");
  scratch.write("haproxy.cfg", std::string(R"(
global
  stats socket ipv4@127.0.0.1:9999 level admin
  stats socket 127.0.0.1:9997,127.0.0.1:9996
  localpeer me
  setenv PORT 9100
  setenv LIST 9101,:9102
  presetenv PORT 1
)") + defaults + R"(
frontend a
  bind :::80
  bind ::1:81
  bind *:82,192.0.2.1:83,[2001:db8::1]:84 name x # bind :2
  bind :::85 v4v6
  bind :::86 v6only
  bind :9000-9003
  bind ipv6@:87
  bind ipv6@*:88
  bind stream+ipv4@:89
  bind tcp6@:90
  bind :91#c
  bind "192.0.2.1:${PORT}"
  bind 192.0.2.1:1${PORT}
  bind 192.0.2.2:$PORT
  bind 192.0.2.2:"${LIST}"
  bind 192.0.2.1:"${NOT_SET-9103}"
  bind '*':92
  bind unix@)" + scratch.path("a.sock") +
                                   R"(
  bind abns@foo,:093,
  bind )" + scratch.path("b.sock") +
                                   R"(
frontend off
  bind :3
  disabled
.if 0
frontend never
  bind :4
.elif 1
frontend always
  bind :94
.else
  bind :5
.endif
peers p
  peer me 192.0.2.1:1024
  peer other 192.0.2.2:1025
peers q
  bind :1026
  server me
  server other 192.0.2.2:1027
peers of_others
  peer other 192.0.2.2:1028
defaults off from base
  disabled
frontend of_off
  bind :6
frontend on
  enabled
  bind :95
frontend on_by_name from base
  bind :96
backend b
  server s 127.0.0.1:7
log-forward lf
  bind :514
  dgram-bind :514
  dgram-bind udp6@:515
  dgram-bind ipv4@192.0.2.1:516
  log 127.0.0.1:3 local0
)");
  shell->run("sed -i 's/$/\\r/' haproxy.cfg");
  expect_the_same();
}

TEST_F(Haproxy, ObeysTheDefaultOfTheMachine) {
  NEEDS("haproxy");
  shell->run("echo 1 >/proc/sys/net/ipv6/bindv6only");
  scratch.write("haproxy.cfg", std::string(defaults) + "frontend a\n  bind :::80\n  bind :::81 v4v6\n");
  expect_the_same();
}

TEST_F(Haproxy, DebiansOwnListensOnNothing) {
  NEEDS("haproxy");
  if (shell->run("[ -e /etc/haproxy/haproxy.cfg ] && echo yes || true") != "yes")
    GTEST_SKIP() << "no /etc/haproxy here";
  EXPECT_THAT(discovered(discover::HaproxyDiscoverer(), "/etc/haproxy/haproxy.cfg"), IsEmpty());
}

// Nobody here has written them; what they need that is not here (certificates, other users) keeps some from starting.
TEST_F(Haproxy, OpensWhatDebiansExamplesSay) {
  NEEDS("haproxy");
  const std::string folder = "/usr/share/doc/haproxy/examples";
  unsigned compared = 0;
  const auto names = discover::DirectoryTree().list(folder).value_or(std::nullopt);
  for (const auto& name : names.value_or(std::vector<std::string>())) {
    const auto path = folder + "/" + name;
    if (!name.ends_with(".cfg")) continue;
    const auto ended =
        shell->run("sed -E '/^[[:space:]]*(chroot|user|group|uid|gid|daemon|pidfile)[[:space:]]/d' " + path +
                   " >haproxy.cfg; rm -f pid; haproxy -D -p pid -f haproxy.cfg >out 2>&1 || echo refused");
    if (ended == "refused") continue;
    shell->run("for _ in {1..1000}; do [ -s pid ] && break; sleep 0.01; done; [ -s pid ]");
    EXPECT_EQ(discovered(discover::HaproxyDiscoverer(), path), listening()) << path;
    end_server();
    ++compared;
  }
  if (compared == 0) GTEST_SKIP() << "no examples here that haproxy starts on";
}

}  // namespace
}  // namespace berth::live
