"""Registers many services at once while ports are grabbed and dropped under them at random.

thief.py BERTH SERVICES FIRST COUNT: prints one line a service, "NAME PORT", then "skipped N": how many of the ports below
the highest one given were given to nobody. Exits with 1 and says why if berth fails, or gave a port that it had to see
was taken: one that was held from before berth was started until after it had ended. (A port that was grabbed or dropped
in between proves nothing: berth may have looked at the other moment.)
"""
import random
import socket
import subprocess
import sys
import threading
import time

berth, services, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
at_once = 16
lock = threading.Lock()
held = {port: [] for port in range(first, first + count)}  # [from, until] of each time it was held for sure
answers = {}
errors = []
finished = threading.Event()


def steal(seed):
    choice = random.Random(seed)
    mine = {}
    while not finished.is_set():
        port = choice.randrange(first, first + count)
        if port in mine:
            thing, span = mine.pop(port)
            with lock:
                span[1] = time.monotonic()
            thing.close()
        else:
            thing = socket.socket()
            thing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                thing.bind(("0.0.0.0", port))
                thing.listen()
            except OSError:
                thing.close()
                continue
            mine[port] = (thing, [time.monotonic(), float("inf")])
            with lock:
                held[port].append(mine[port][1])
        time.sleep(choice.expovariate(2000))
    for thing, span in mine.values():
        with lock:
            span[1] = time.monotonic()
        thing.close()


def register(names):
    while True:
        with lock:
            if not names:
                return
            name = names.pop()
        begin = time.monotonic()
        run = subprocess.run([berth, "register", name, str(first), "flexible"], capture_output=True, text=True,
                             check=False)
        end = time.monotonic()
        with lock:
            if run.returncode or not run.stdout.strip().isdigit():
                errors.append(f"{name}: exit {run.returncode}: {run.stdout}{run.stderr}")
                continue
            port = int(run.stdout)
            answers[name] = port
            for since, until in held.get(port, []):
                if since < begin and end < until:
                    errors.append(f"{name} was given {port}, which was held all the time")


thieves = [threading.Thread(target=steal, args=[seed]) for seed in range(2)]
for thief in thieves:
    thief.start()
while sum(map(len, held.values())) < count // 4:
    time.sleep(0.001)
left = [f"s{index}" for index in range(1, services + 1)]
clerks = [threading.Thread(target=register, args=[left]) for _ in range(at_once)]
for clerk in clerks:
    clerk.start()
for clerk in clerks:
    clerk.join()
finished.set()
for thief in thieves:
    thief.join()

for name, port in answers.items():
    print(name, port)
given = set(answers.values())
print("skipped", sum(port not in given for port in range(first, max(given, default=first))))
sys.exit("\n".join(errors) if errors else 0)
