"""A thread-local counter in Python. Prints a line `name<tab>ns per increment` for each sample."""
import platform
import threading
import time

BATCH = 100_000
SAMPLES = 30

local = threading.local()
local.x = 0


class Plain:
    pass


plain = Plain()
plain.x = 0


def count_local():
    for _ in range(BATCH):
        local.x += 1


def count_plain():
    for _ in range(BATCH):
        plain.x += 1


def sample(name, count):
    start = time.perf_counter_ns()
    count()
    print(f"{platform.python_implementation()}: {name}\t{(time.perf_counter_ns() - start) / BATCH}")


for _ in range(SAMPLES):
    sample("threading.local(), x += 1", count_local)
    sample("object, x += 1", count_plain)
assert local.x == plain.x == BATCH * SAMPLES
