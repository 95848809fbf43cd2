#include <algorithm>
#include <array>

#include "cli/command.h"

namespace berth::cli {
namespace {

constexpr std::array common{
    Option{"--registry", "FILE", "the registry file; else $BERTH_REGISTRY, $PORT_DB, the default"},
    Option{"--json", "", "answer in JSON"},
    Option{"--plain", "", "lists as tab-separated columns that do not change"},
    Option{"--quiet", "", "no notes and warnings, only the answer and errors"},
    Option{"--wait", "SECONDS", "how long to wait for another writer (10)"},
    Option{"--help", "", "what the command does", "-h"},
};

constexpr Option wait_for_sources{"--deadline", "SECONDS",
                                  "how long to wait for containers' engines and other sources (2)"};
constexpr Option root{"--root", "DIR", "look at what is declared under DIR instead of this machine"};

constexpr std::array register_options{
    Option{"--within", "A-B", "take a port from this range alone"},
    Option{"--strict", "", "refuse a fixed port that is in use (exit 3) instead of warning"},
    Option{"--dry-run", "", "say what would be given, record nothing"},
    Option{"--batch", "FILE", "one request a line: SERVICE SPEC [fixed|flexible]; - is stdin; all or nothing"},
    Option{"--explain", "", "say on stderr which candidates were skipped, and why"},
    wait_for_sources,
};

constexpr std::array release_options{
    Option{"--all", "", "every service"},
};

constexpr std::array next_options{
    Option{"--count", "N", "so many ports, one a line (1)"},
    Option{"--within", "A-B", "from this range alone"},
    wait_for_sources,
};

constexpr std::array look_options{wait_for_sources};
constexpr std::array who_options{wait_for_sources, root};

constexpr std::array check_options{
    Option{"--all", "", "also listeners that nobody has registered"},
    wait_for_sources,
    root,
};

constexpr std::array migrate_options{
    Option{"--running", "NAME=SPEC", "what listens on SPEC is the service NAME; may be given again"},
    Option{"--dry-run", "", "print the plan, change nothing"},
    wait_for_sources,
    root,
    Option{"--yes", "", "apply the plan without asking"},
};

constexpr Option strict_restore{"--strict", "", "refuse a port that somebody else has now (exit 3) instead of warning"};
constexpr Option plan_only{"--dry-run", "", "print what would change, change nothing"};
constexpr std::array undo_options{strict_restore, plan_only, wait_for_sources};
constexpr std::array restore_options{
    Option{"--previous", "", "the registry of before the last commit, as it is kept beside it"},
    strict_restore,
    plan_only,
    wait_for_sources,
};

constexpr std::string_view about_spec =
    "SPEC is [ADDRESS:]PORT[-LAST][/tcp|/udp|/tcp+udp]: 8080, 53/tcp+udp, 127.0.0.1:5432, [::1]:8080,\n"
    "10000-10100/udp. Without an address it means every address; without a protocol, tcp.";

constexpr std::string_view about_register =
    "fixed: this port or none. flexible: this port, or the next available one. Asking again gives\n"
    "the same port again, running or not; asking for another port moves the service.\n"
    "SPEC is [ADDRESS:]PORT[-LAST][/tcp|/udp|/tcp+udp]; a range is contiguous, all or nothing.\n"
    "A fixed port that is merely in use is recorded with a warning, unless --strict.";

constexpr std::string_view about_get =
    "Prints DEFAULT if the service is not registered; without one, the answer is no (exit 1).";

constexpr std::string_view about_list =
    "States: listening, idle, conflict (two want it), drift (not as registered), unknown.\n"
    "--plain columns: service, address, port, last, protocol, kind, preferred, state, since.";

constexpr std::string_view about_release = "All of the services, or none if one of them is not registered.";

constexpr std::string_view about_explain =
    "When and by whom it was registered, which candidates were skipped and why, and how it is now.";

constexpr std::string_view about_check =
    "Exit 1 if anything is a conflict (two want one port) or a drift (the registry says one thing, the\n"
    "machine does another); risks alone are exit 0. docs/findings.md describes each finding.";

constexpr std::string_view about_migrate =
    "Without PATH it takes over the whole machine: what listens, containers running or not, socket\n"
    "units, compose projects below /opt, /srv, /home, /root and /var/lib/docker/compose, the usual\n"
    "files of nginx, Apache, HAProxy, Caddy and Traefik, and registries in one of the old formats. With\n"
    "PATH, only what is there: a directory, a compose file, a configuration, a registry. What is there\n"
    "right now becomes fixed, so that nothing that works is ever moved; what is only written down\n"
    "becomes flexible. Two that want one port are a conflict (exit 1), and neither is touched.";

constexpr std::string_view about_undo =
    "Takes the last commit back, as one commit more: undoing that brings it back again. Processes are\n"
    "not touched. Otherwise as berth restore.";

constexpr std::string_view about_restore =
    "Makes the registry what it was at REVISION (berth history lists them), as one commit more: nothing\n"
    "of the history is lost, and berth undo takes it back. A port that a service gets by it is looked\n"
    "at: two services on one port are refused (exit 3), and nothing is changed; that another program\n"
    "has it now is a warning that names it, or with --strict refused. Of a registry that is invalid\n"
    "or gone it is the way back: --previous, or the last REVISION, from what is kept beside it. The\n"
    "invalid file is kept as FILE.broken.";

// clang-format off
constexpr std::array all_commands{
    Command{"register", "SERVICE SPEC [fixed|flexible]", "allocate (or keep) a port; prints it",
            about_register, register_options, 0, 3, run_register},
    Command{"get", "SERVICE [DEFAULT]", "print a service's port",
            about_get, {}, 1, 2, run_get},
    Command{"list", "[SERVICE...]", "allocations and their state",
            about_list, {}, 0, any_number, run_list},
    Command{"release", "SERVICE... | --all", "give ports back",
            about_release, release_options, 0, any_number, run_release},
    Command{"free", "SPEC", "exit 0 if free, 1 if not (the verdict on stderr)",
            about_spec, look_options, 1, 1, run_free},
    Command{"next", "SPEC", "the next available port(s), nothing recorded",
            about_spec, next_options, 1, 1, run_next},
    Command{"who", "SPEC", "everything known about a port, and what to do",
            about_spec, who_options, 1, 1, run_who},
    Command{"explain", "SERVICE", "why it has the port it has",
            about_explain, look_options, 1, 1, run_explain},
    Command{"check", "", "conflicts, drift, blind spots of the whole server",
            about_check, check_options, 0, 0, run_check},
    Command{"migrate", "[PATH...]", "take over an existing installation",
            about_migrate, migrate_options, 0, any_number, run_migrate},
    Command{"history", "[SERVICE]", "every change: when, who, what",
            "The oldest first. The last 1,000 are kept.", {}, 0, 1, run_history},
    Command{"undo", "", "take the last change back",
            about_undo, undo_options, 0, 0, run_undo},
    Command{"restore", "REVISION | --previous", "go back to an earlier registry",
            about_restore, restore_options, 0, 1, run_restore},
    Command{"version", "", "print the version",
            "", {}, 0, 0, run_version},
    Command{"help", "[COMMAND]", "print this, or everything about a command",
            "", {}, 0, 1, run_help},
};
// clang-format on

}  // namespace

std::span<const Command> commands() { return all_commands; }

const Command* find_command(std::string_view name) {
  const auto found = std::ranges::find(all_commands, name, &Command::name);
  return found == all_commands.end() ? nullptr : &*found;
}

std::span<const Option> common_options() { return common; }

}  // namespace berth::cli
