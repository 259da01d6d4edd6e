"""How the programs of this folder take the time of a call."""
import time


def measure(call, seconds=0.02):
    """Nanoseconds of CPU time for a call: the best of seven runs of so many calls as take that long."""
    def run(rounds):
        start = time.process_time()
        for _ in range(rounds):
            call()
        return time.process_time() - start

    rounds = 1
    while run(rounds) < seconds:
        rounds *= 2
    return min(run(rounds) for _ in range(7)) / rounds * 1e9
