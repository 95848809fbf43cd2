"""Random compose projects: what docker-compose's own loader says that they publish, and what berth finds in them.

usage: compose_loader.py BERTH DIRECTORY PROJECTS SEED
Writes the projects below DIRECTORY; exit 1 with the first that is read differently.
"""

import json
import logging
import os
import random
import subprocess
import sys

from compose.config import config
from compose.config.environment import Environment

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


class Project:
    """The text of one project, as a person might have written it."""

    def __init__(self, chance):
        self.chance = chance
        self.variables = {}

    def value(self, text):
        """The text itself, or a variable that has it."""
        kind = self.chance.randrange(8)
        name = self.chance.choice("ABC") + str(len(self.variables))
        if kind == 0:
            self.variables[name] = self.chance.choice((text, f"'{text}'", f'"{text}"', f"{text} # the port"))
            return self.chance.choice((f"${{{name}}}", f"${{{name}:-1}}", f"${{{name}-2}}", f"${{{name}:?missing}}"))
        if kind == 1:
            return self.chance.choice((f"${{NOT_{name}:-{text}}}", f"${{NOT_{name}-{text}}}"))
        if kind == 2:
            self.variables[name] = ""
            return f"${{{name}:-{text}}}"
        return text

    def short(self):
        first = self.chance.randrange(1, 65000)
        length = self.chance.choice((0, 0, 0, 1, 5))
        target = self.chance.randrange(1, 65000)
        if length:
            several = self.chance.random() < 0.7
            text = f"{first}-{first + length}:{target}" + (f"-{target + length}" if several else "")
        else:
            text = f"{self.value(first)}:{self.value(target)}"
        address = self.chance.choice(("", "", "", "127.0.0.1:", "0.0.0.0:", "192.0.2.7:", "[::1]:", "[2001:db8::7]:"))
        protocol = self.chance.choice(("", "", "/tcp", "/udp"))
        quote = self.chance.choice("\"'")
        return quote + address + text + protocol + quote

    def port(self):
        kind = self.chance.randrange(10)
        target = self.chance.randrange(1, 65000)
        if kind == 0:
            return self.chance.choice((f"{target}", f'"{target}"', f'"{target}-{target + 2}"', f'"{target}/udp"'))
        if kind in (1, 2):
            parts = [f"target: {target}", f"published: {self.chance.randrange(1, 65000)}"]
            if self.chance.random() < 0.5:
                parts.append("protocol: " + self.chance.choice(("tcp", "udp")))
            self.chance.shuffle(parts)
            return "{" + ", ".join(parts) + "}"
        return self.short()

    def ports(self, indent, anchor=""):
        ports = [self.port() for _ in range(self.chance.randrange(1, 5))]
        if self.chance.random() < 0.3:
            return f"{indent}ports: {anchor}[{', '.join(ports)}]\n"
        return f"{indent}ports:{' ' + anchor if anchor else ''}\n" + "".join(f"{indent}  - {port}\n" for port in ports)

    def service(self, name, earlier, anchors):
        text = f"  {name}:\n    image: x\n"
        kind = self.chance.randrange(8)
        if kind == 0 and anchors:
            return text + f"    ports: *{self.chance.choice(anchors)}\n"
        if kind == 1 and earlier:
            text += f"    extends:\n      service: {self.chance.choice(earlier)}\n"
        if kind == 2:
            text += "    profiles: [debug]\n"
        if kind == 3:
            return text
        anchor = ""
        if self.chance.random() < 0.4:
            anchors.append(f"ports_{name}")
            anchor = f"&ports_{name} "
        return text + self.ports("    ", anchor.strip())

    def file(self, names):
        text = self.chance.choice(("", "# made at random\n", "version: '3.8'\n")) + "services:\n"
        anchors, earlier = [], []
        for name in names:
            text += self.service(name, earlier, anchors)
            earlier.append(name)
        ending = self.chance.choice(("\n", "\n", "\n", "\r\n"))
        return text.replace("\n", ending)


def write(directory, name, text):
    with open(os.path.join(directory, name), "w", encoding="utf-8", newline="") as file:
        file.write(text)


def make(directory, chance):
    """Writes a project, and returns its text for a person."""
    os.makedirs(directory)
    project = Project(chance)
    services = [f"s{number}" for number in range(chance.randrange(1, 5))]
    name = chance.choice(NAMES)
    files = {name: project.file(services)}
    if chance.random() < 0.3:
        stem, ending = name.split(".")
        files[f"{stem}.override.{ending}"] = project.file(chance.sample(services, chance.randrange(1, len(services) + 1)))
    files[".env"] = "".join(f"{key}={value}\n" for key, value in project.variables.items())
    for file, text in files.items():
        write(directory, file, text)
    return "".join(f"--- {file}\n{text}\n" for file, text in files.items())


def ports_of(text):
    first, _, last = str(text).partition("-")
    return range(int(first), int(last or first) + 1)


def loaded(directory):
    """What the loader says: endpoints, and whether the machine chooses some port."""
    details = config.find(directory, None, Environment.from_env_file(directory), None)
    endpoints, chosen = set(), False
    for service in config.load(details).services:
        for port in service.get("ports", []):
            if port.published is None:
                chosen = True
                continue
            for number in ports_of(port.published):
                address = port.external_ip or "*"
                endpoints.add(("*" if address == "0.0.0.0" else address, number, port.protocol or "tcp"))
    return endpoints, chosen


def found(answer):
    """The same of berth, by directory."""
    projects = {}
    for each in answer["found"]:
        if each["source"] != "compose":
            continue
        endpoints, states = projects.setdefault(os.path.dirname(each["file"]), (set(), set()))
        states.add(each["state"])
        if each["port"] is None:
            continue
        address = "*" if each["address"] == "0.0.0.0" else each["address"]
        for number in range(each["port"], (each["last"] or each["port"]) + 1):
            for protocol in each["protocol"].split("+"):
                endpoints.add((address, number, protocol))
    return projects


def main():
    berth, root, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    logging.disable(logging.CRITICAL)
    chance = random.Random(seed)
    projects, refused = {}, 0
    for number in range(count):
        directory = os.path.join(root, f"p{number}")
        text = make(directory, chance)
        try:
            projects[directory] = (text, loaded(directory))
        except (config.ConfigurationError, ValueError):
            refused += 1
    command = [berth, "migrate", root, "--dry-run", "--json", "--registry", os.path.join(root, "registry.json")]
    answer = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    ours = found(answer)
    endpoints = 0
    for directory, (text, (expected, chosen)) in projects.items():
        actual, states = ours.get(directory, (set(), set()))
        endpoints += len(expected)
        if actual == expected and ("ephemeral" in states) == chosen and "unresolved" not in states:
            continue
        print(f"seed {seed}, {directory}:\n{text}")
        print("the loader alone:", sorted(expected - actual), "chosen" if chosen else "")
        print("berth alone:", sorted(actual - expected), sorted(states))
        print("problems:", [problem for problem in answer["problems"] if problem["file"].startswith(directory + "/")])
        sys.exit(1)
    print(f"{len(projects)} projects with {endpoints} ports are read alike; the loader refuses {refused}")
    sys.exit(0 if len(projects) > count / 2 else 1)


main()
