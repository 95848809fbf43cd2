"""Fairness of the writers' lock: many workers, each of which commits again as soon as it may.

fairness.py BERTH SECONDS [WORKERS]: in a directory of its own. Each worker registers and releases a service of its own,
one command after the other, until the time is up; the lock is always wanted by nearly all of them. Prints how long the
commands took (waiting included) and how many each worker got done; exits with 1 if a command failed, or if a worker
starved: if it got done less than a quarter of what the workers got done in the middle.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

berth = os.path.abspath(sys.argv[1])
seconds = float(sys.argv[2])
workers = int(sys.argv[3]) if len(sys.argv) > 3 else 32
waits = [[] for _ in range(workers)]
trouble = []
everybody = threading.Barrier(workers)


def run(*words):
    done = subprocess.run(
        [berth, *words, "--registry", registry, "--wait", "60"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        trouble.append(f"{' '.join(words)}: exit {done.returncode}: {done.stderr}")


def work(number):
    everybody.wait()
    end = time.monotonic() + seconds
    while time.monotonic() < end and not trouble:
        for words in (("register", f"s{number}", str(20000 + number), "fixed"), ("release", f"s{number}")):
            begin = time.monotonic()
            run(*words)
            waits[number].append(time.monotonic() - begin)


with tempfile.TemporaryDirectory() as folder:
    registry = os.path.join(folder, "ports.json")
    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

counts = sorted(len(each) for each in waits)
every = sorted(wait for each in waits for wait in each)
middle = statistics.median(counts)
if counts[0] < middle / 4:
    trouble.append(f"a worker starved: it got {counts[0]} commands done, where others got {middle:g} done")
print(
    f"{workers} workers, {len(every)} commands, took: median {statistics.median(every) * 1000:.0f} ms, "
    f"19 of 20 below {every[len(every) * 19 // 20] * 1000:.0f} ms, longest {every[-1] * 1000:.0f} ms, "
    f"done by a worker: {counts[0]} to {counts[-1]}, median {middle:g}"
)
for line in trouble[:20]:
    print(line)
sys.exit(bool(trouble))
