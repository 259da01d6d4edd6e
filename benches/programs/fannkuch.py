"""Fannkuch: flip prefixes of every permutation until 1 comes first.

Small integers, short lists, slices and reversals.
"""

# checksum: 1616 22

import sys
import time

SIZE = 8
REPETITIONS = 22


def count_flips(permutation):
    flips = 0
    work = permutation[:]
    first = work[0]
    while first:
        work[:first + 1] = work[first::-1]
        flips += 1
        first = work[0]
    return flips


def next_permutation(permutation, counts):
    """Step to the next permutation in place; false when all have been seen."""
    for last in range(1, len(permutation)):
        first = permutation[0]
        for index in range(last):
            permutation[index] = permutation[index + 1]
        permutation[last] = first
        counts[last] -= 1
        if counts[last] > 0:
            return True
        counts[last] = last + 1
    return False


def run(size):
    permutation = list(range(size))
    counts = list(range(1, size + 1))
    maximum = 0
    checksum = 0
    sign = 1
    while True:
        flips = count_flips(permutation)
        if flips > maximum:
            maximum = flips
        checksum += sign * flips
        sign = -sign
        if not next_permutation(permutation, counts):
            return f"{checksum} {maximum}"


def main(arguments):
    steady = arguments[:1] == ["steady"]
    for _ in range(int(arguments[1]) if steady else REPETITIONS):
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        checksum = run(SIZE)
        if steady:
            print(time.perf_counter_ns() - wall, time.process_time_ns() - cpu)
    print("checksum:", checksum)


if __name__ == "__main__":
    main(sys.argv[1:])
