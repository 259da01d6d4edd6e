"""How the programs of this folder take the time of a call, and print what they found."""
import sys
import time
import timeit


def measure(call, seconds=0.02):
    """Nanoseconds of CPU time for a call: the best of seven runs of so many calls as take that long."""
    # A timer's loop is compiled for it alone, so that nothing learns from the calls of another.
    timer = timeit.Timer(call, timer=time.process_time)
    rounds = 1
    while timer.timeit(rounds) < seconds:
        rounds *= 2
    return min(timer.repeat(7, rounds)) / rounds * 1e9


def report(operations):
    """A line for each operation of which the command line names a prefix, or for all: the name and its nanoseconds.

    `operations`: by name, how many operations a call makes, and the call. What stands before a colon in a name is what
    `run` summarises by.
    """
    for name, (count, call) in operations.items():
        if not sys.argv[1:] or any(name.startswith(prefix) for prefix in sys.argv[1:]):
            print(f"{name:40}{measure(call) / count:14.1f}", flush=True)
