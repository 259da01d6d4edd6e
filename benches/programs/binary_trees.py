"""Binary trees: build and drop many complete trees beside a long-lived one.

Allocation, reference counting or collection, and recursion.
"""

# checksum: 16383 31744 32512 32704 32752 32764 8191

import sys
import time

SIZE = 12
REPETITIONS = 20
DEPTH_MIN = 4


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def count(self):
        if self.left is None:
            return 1
        return 1 + self.left.count() + self.right.count()


def make_tree(depth):
    if depth == 0:
        return Node(None, None)
    return Node(make_tree(depth - 1), make_tree(depth - 1))


def run(size):
    stretch = make_tree(size + 1).count()
    long_lived = make_tree(size)
    counts = [stretch]
    for depth in range(DEPTH_MIN, size + 1, 2):
        trees = 2 ** (size - depth + DEPTH_MIN - 2)
        total = 0
        for _ in range(trees):
            total += make_tree(depth).count()
        counts.append(total)
    counts.append(long_lived.count())
    return " ".join(str(count) for count in counts)


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
