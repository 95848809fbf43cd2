"""A storm: many workers at once, on the real program, while processes are killed and stopped at random.

storm.py BERTH SECONDS [WORKERS [SEED]]: in a directory of its own. The workers register, move, release, take back, take over
(compose files), read and list services that they share; others kill -9 and SIGSTOP the workers' commands. Every command line has a mark that the
history keeps, so that each commit is known to be one command's. Afterwards:

  - the revisions of the history have no gap, and lead to the registry;
  - at no revision do two services have one port;
  - the registry was readable at all times;
  - a command that was acknowledged has made its commit, or answered what was so between its beginning and its end; one
    that was killed has made one commit or none, one that failed has made none;
  - a migration added what its plan says, and nothing else;
  - so the history is a linearization: each command takes effect at one revision, between its beginning and its end;
  - the lock is free.

Prints the figures; exits with 1 and says what is wrong. The seed is printed: it brings the same choices again, not the
same interleaving.
"""
import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

berth = os.path.abspath(sys.argv[1])
seconds = float(sys.argv[2])
workers = int(sys.argv[3]) if len(sys.argv) > 3 else 64
seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(1 << 32)
trees = [f"m{number}" for number in range(6)]
services = [f"s{number}" for number in range(18)]
taken_over = [f"{tree}/{part}" for tree in trees for part in "ab"]
first_port = 20000
started = time.monotonic()
is_over = threading.Event()
lock = threading.Lock()
running = {}  # pid: Popen
commands = []
trouble = []


class Command:
    """One command, and what came of it."""

    def __init__(self, mark, kind, service):
        self.mark, self.kind, self.service = mark, kind, service
        self.first = self.last = 0  # the revisions that were there before it began and after it ended
        self.exit = None
        self.answer = ""
        self.seconds = 0.0


def read_registry():
    with open(registry) as file:
        return json.load(file)


def revision_now():
    """A torn or missing registry is an error at any time."""
    return read_registry()["revision"]


def plant_trees():
    """Two services each, on ports that others want too."""
    for number, tree in enumerate(trees):
        os.mkdir(os.path.join(folder, tree))
        with open(os.path.join(folder, tree, "compose.yaml"), "w") as file:
            file.write(f"name: {tree}\nservices:\n")
            for part, port in ("a", first_port + 18 + number), ("b", first_port + 6 + number):
                file.write(f"  {part}:\n    image: {part}\n    ports: ['{port}:80']\n")


def run(command, words):
    command.first = revision_now()
    begin = time.monotonic()
    process = subprocess.Popen(
        [berth, *words, "--registry", registry],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with lock:
        running[process.pid] = process
    command.answer, errors = process.communicate()
    with lock:
        del running[process.pid]
    command.seconds = time.monotonic() - begin
    command.exit = process.returncode
    command.last = revision_now()
    if command.exit not in (0, 1, 3, 5, -signal.SIGKILL):
        trouble.append(f"{' '.join(words)}: exit {command.exit}: {errors}")
    with lock:
        commands.append(command)


def work(number):
    choice = random.Random(seed * 1000 + number)
    count = 0
    while not is_over.is_set() and not trouble:
        count += 1
        # Seconds to wait, which the history keeps to the last digit.
        mark = f"60.{number + 1:03d}{count:06d}"
        kind = choice.choices(
            ("register", "again", "fixed", "release", "migrate", "get", "list", "undo"),
            weights=(30, 10, 15, 20, 10, 15, 5, 5),
        )[0]
        # Those of the trees get their ports by a migration alone.
        service = choice.choice(services + taken_over if kind in ("release", "get") else services)
        port = str(first_port + choice.randrange(12))
        words = {
            "register": ("register", service, port, "flexible"),
            "again": ("register", service, str(first_port), "flexible"),
            "fixed": ("register", service, port, "fixed"),
            "release": ("release", service),
            "migrate": ("migrate", os.path.join(folder, choice.choice(trees)), "--yes", "--json"),
            "get": ("get", service),
            "list": ("list", "--json"),
            "undo": ("undo",),
        }[kind]
        try:
            run(Command(mark, kind, service), [*words, "--wait", mark])
        except Exception as error:  # pylint: disable=broad-except
            trouble.append(f"worker {number}: {error!r}")


def torment(number):
    """Kills and stops what is running, at random."""
    choice = random.Random(seed * 1000 + 900 + number)
    counts = collections.Counter()
    while not is_over.is_set():
        time.sleep(choice.random() * 0.02)
        stopped = None
        with lock:
            if not running:
                continue
            process = choice.choice(list(running.values()))
            # One that has ended meanwhile gets no signal: send_signal() looks first.
            if choice.random() < 0.5:
                process.send_signal(signal.SIGKILL)
                counts["killed"] += 1
            else:
                process.send_signal(signal.SIGSTOP)
                counts["stopped"] += 1
                stopped = process
        if stopped is None:
            continue
        time.sleep(choice.random() * 0.2)
        with lock:
            if stopped.pid in running:
                stopped.send_signal(signal.SIGCONT if choice.random() < 0.7 else signal.SIGKILL)
    with lock:
        totals.update(counts)


def watch():
    """Reads all the time: never half a registry, and never back."""
    last = 0
    while not is_over.is_set():
        try:
            now = revision_now()
        except Exception as error:  # pylint: disable=broad-except
            trouble.append(f"unreadable: {error!r}")
            return
        if now < last:
            trouble.append(f"revision {now} after {last}")
        last = now
        totals["reads"] += 1
        time.sleep(0.001)


def replay(lines):
    """The ports at every revision; what is wrong with the history on its own."""
    states = [{}]
    for expected, line in enumerate(lines, 1):
        if line["revision"] != expected:
            trouble.append(f"revision {line['revision']} where {expected} belongs")
            return states
        state = dict(states[-1])
        for change in line["changes"]:
            before = state.pop(change["service"], None)
            if before != (change["before"] or {}).get("port"):
                trouble.append(f"revision {expected}: {change['service']} had {before}, not {change['before']}")
            if change["after"]:
                state[change["service"]] = change["after"]["port"]
        ports = list(state.values())
        if len(set(ports)) != len(ports):
            trouble.append(f"revision {expected} gives a port twice: {state}")
        states.append(state)
    return states


def judge_migration(command, commit, states, window):
    """What a plan says to add is what was added, and what it says to be there was there."""
    answer = json.loads(command.answer)
    ports = {
        change: {each["service"]: each["endpoint"]["port"] for each in answer["plan"] if each["change"] == change}
        for change in ("add", "keep")
    }
    if answer["applied"] != bool(commit) or bool(ports["add"]) != bool(commit):
        return "it says otherwise than it did"
    if commit:
        before, after = states[commit - 1], states[commit]
        if ports["add"].items() != after.items() - before.items():
            return "it added otherwise than it says"
        # The plan is older than the commit.
        window = [at for at in window if at <= commit]
    # Each on its own: of what others registered between plan and commit, the latter knows.
    was_so = [any(states[at].get(service) == port for at in window) for service, port in ports["keep"].items()]
    return "" if all(was_so) else "it was never so"


def judge(command, commit, states):
    """What is wrong with one command, given the revision of its commit and the ports at every revision."""
    window = range(command.first, min(command.last, len(states) - 1) + 1)
    if commit and not command.first < commit <= command.last:
        return f"its commit {commit} is not between its beginning and its end"
    if command.exit == -signal.SIGKILL:
        return ""
    # 1: what it left to the operator.
    if command.kind == "migrate" and command.exit in (0, 1):
        return judge_migration(command, commit, states, window)
    if command.exit != 0:
        if commit:
            return "it failed, and has a commit"
        if command.exit == 1 and command.kind in ("get", "release"):
            return "" if any(command.service not in states[at] for at in window) else "it was registered all the time"
        return ""
    if command.kind in ("release", "undo"):
        return "" if commit or command.kind == "undo" else "acknowledged, and lost"
    if command.kind == "list":
        answer = json.loads(command.answer)
        listed = {each["service"]: each["port"] for each in answer["allocations"]}
        return "" if answer["revision"] in window and states[answer["revision"]] == listed else "no such registry"
    port = int(command.answer)
    if commit:
        return "" if states[commit].get(command.service) == port else f"{port} is not what it committed"
    return "" if any(states[at].get(command.service) == port for at in window) else f"{port} was lost, or never so"


totals = collections.Counter()
with tempfile.TemporaryDirectory() as folder:
    registry = os.path.join(folder, "ports.json")
    plant_trees()
    # Longer than what is kept of a history would be cut: it is copied as it grows.
    whole = {}
    over = threading.Event()

    def copy_history():
        while True:
            is_last = over.is_set()
            with open(os.path.join(folder, "ports.history.jsonl"), "rb") as file:
                for line in file.read().split(b"\n")[:-1]:
                    parsed = json.loads(line)
                    # A line without commit is written over: the later one counts.
                    whole[parsed["revision"]] = parsed
            if is_last:
                return
            time.sleep(0.2)

    subprocess.run([berth, "register", "always", "19999", "--wait", "60.0", "--registry", registry], check=True, capture_output=True)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    threads += [threading.Thread(target=torment, args=(number,)) for number in range(3)]
    threads.append(threading.Thread(target=watch))
    historian = threading.Thread(target=copy_history)
    for thread in [*threads, historian]:
        thread.start()
    while time.monotonic() - started < seconds and not trouble:
        time.sleep(0.05)
    is_over.set()
    # Nobody stays stopped.
    while any(thread.is_alive() for thread in threads):
        with lock:
            for process in running.values():
                process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
    over.set()
    historian.join()

    final = subprocess.run(
        [berth, "register", "last", "19998", "--wait", "0", "--registry", registry], check=False, capture_output=True, text=True
    )
    if final.returncode != 0:
        trouble.append(f"the lock is not free: {final.stderr}")
    end = read_registry()
    with open(os.path.join(folder, "ports.history.jsonl")) as file:
        for line in file:
            parsed = json.loads(line)
            whole[parsed["revision"]] = parsed
    # A line that was copied, and whose commit never came to be, may lie beyond the end.
    lines = [whole[revision] for revision in sorted(whole) if revision <= end["revision"]]
    states = replay(lines)
    if states[-1] != {service: each["port"] for service, each in end["allocations"].items()}:
        trouble.append("the history does not lead to the registry")

    commits = collections.defaultdict(list)
    for line in lines:
        commits[line["command"].split("--wait ")[1].split(" ")[0]].append(line["revision"])
    for command in commands:
        made = commits.get(command.mark, [])
        wrong = "it has several commits" if len(made) > 1 else judge(command, made[0] if made else None, states)
        if wrong:
            trouble.append(
                f"{command.kind} {command.service} (exit {command.exit}, answer {command.answer[:60]!r}, "
                f"between {command.first} and {command.last}, commits {made}): {wrong}"
            )

acknowledged = sum(command.exit == 0 for command in commands)
migrations = sum(command.kind == "migrate" and bool(commits.get(command.mark)) for command in commands)
died = sum(command.exit == -signal.SIGKILL for command in commands)
waits = sorted(command.seconds for command in commands if command.exit == 0)
print(
    f"operations: {len(commands)}, acknowledged: {acknowledged}, commits: {end['revision']} "
    f"({migrations} migrations), killed: {died}, "
    f"stopped: {totals['stopped']}, reads: {totals['reads']}, lost: {len(trouble)}, "
    f"waited: median {waits[len(waits) // 2]:.2f} s, longest {waits[-1]:.2f} s, seed {seed}"
)
for line in trouble[:20]:
    print(line)
sys.exit(bool(trouble))
