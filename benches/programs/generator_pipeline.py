"""Generator pipeline: numbers stream through a chain of generators.

Resuming generators, `yield from`, a generator expression and tuple results.
"""

# checksum: 622177603

import sys
import time

SIZE = 60000
REPETITIONS = 34


def readings(count):
    state = 12345
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2147483648
        yield state >> 16


def without_outliers(values, low, high):
    for value in values:
        if low <= value < high:
            yield value


def moving_average(values, width):
    window = [0] * width
    total = 0
    for index, value in enumerate(values):
        slot = index % width
        total += value - window[slot]
        window[slot] = value
        if index >= width - 1:
            yield total // width


def batches(values, length):
    batch = []
    for value in values:
        batch.append(value)
        if len(batch) == length:
            yield batch
            batch = []
    if batch:
        yield batch


def flattened(lists):
    for batch in lists:
        yield min(batch)
        yield from batch
        yield max(batch)


def run(size):
    kept = without_outliers(readings(size), 2000, 30000)
    averages = moving_average(kept, 8)
    stream = flattened(batches(averages, 50))
    checksum = 0
    for rank, value in enumerate(value * 2 + 1 for value in stream):
        checksum = (checksum * 7 + value + rank) % 1000000007
    return checksum


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
