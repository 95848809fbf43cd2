"""Mutates a registry at random and compares what berth says of it with what another reader of JSON reads.

corrupt.py BERTH REGISTRY COUNT [SEED]: where Python's reader finds no JSON in it, or a name twice, berth must end with 6;
where berth lists allocations, they are the ones that Python reads. What berth refuses, it leaves as it is, also when it is
to write, and says the way back. Prints "refused N, read N"; exits with 1 and says why if anything is otherwise.
"""
import json
import random
import subprocess
import sys

berth, registry, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
choice = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 20261122)
with open(registry, "rb") as file:
    whole = file.read()
telling = b'{}[]":,0123456789-+.eE\\u \n\t\0\xff\xc3'


def mutated():
    text = bytearray(whole)
    for _ in range(choice.randint(1, 3)):
        at, length = choice.randrange(len(text)), choice.randint(1, 30)
        kind = choice.randrange(6)
        if kind == 0:
            text[at] ^= 1 << choice.randrange(8)
        elif kind == 1:
            text[at] = choice.choice(telling)
        elif kind == 2:
            text[at:at] = bytes([choice.choice(telling)])
        elif kind == 3:
            del text[at : at + length]
        elif kind == 4:
            text[at:at] = text[choice.randrange(len(text)) :][:length]
        else:
            text[at:] = b"\0" * choice.choice((0, len(text) - at))
        if not text:
            break
    return bytes(text)


def once(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def python_reads(text):
    """The ports by service, or None where it is no JSON object of the present form."""
    try:
        tree = json.loads(text.decode("utf-8"), object_pairs_hook=once)
        return {name: value["port"] for name, value in tree["allocations"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def run(*words):
    return subprocess.run([berth, *words, "--registry", registry], capture_output=True, stdin=subprocess.DEVNULL, check=False)


def wrong(text, what, done):
    print(f"{what}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}\nof {text!r}")
    sys.exit(1)


refused = read = 0
for _ in range(count):
    text = mutated()
    with open(registry, "wb") as file:
        file.write(text)
    done = run("list", "--json")
    if done.returncode == 6:
        refused += 1
        if b"hint: " not in done.stderr:
            wrong(text, "no way back", done)
        done = run("register", "new", "9000")
        if done.returncode != 6 or done.stdout:
            wrong(text, "written to", done)
        with open(registry, "rb") as file:
            if file.read() != text:
                wrong(text, "overwritten", done)
        continue
    if done.returncode != 0:
        wrong(text, "neither read nor refused", done)
    read += 1
    ours = {each["service"]: each["port"] for each in json.loads(done.stdout)["allocations"]}
    theirs = python_reads(text)
    # Of the old form nothing is compared but that it is JSON.
    if theirs is None:
        try:
            json.loads(text.decode("utf-8"), object_pairs_hook=once)
        except (ValueError, RecursionError):
            wrong(text, "taken for a registry", done)
    elif ours != theirs:
        wrong(text, f"read as {ours}, not as {theirs}", done)
print(f"refused {refused}, read {read}")
