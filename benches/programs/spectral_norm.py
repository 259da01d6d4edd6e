"""Spectral norm: the largest singular value of an infinite matrix's corner.

Nested loops over float lists that call a small function for each element.
"""

# checksum: 1.274216230

import math
import sys
import time

SIZE = 80
REPETITIONS = 30


def element(row, column):
    diagonal = row + column
    return 1.0 / (diagonal * (diagonal + 1) // 2 + row + 1)


def multiply(vector):
    result = []
    for row in range(len(vector)):
        total = 0.0
        for column, value in enumerate(vector):
            total += element(row, column) * value
        result.append(total)
    return result


def multiply_transposed(vector):
    result = []
    for row in range(len(vector)):
        total = 0.0
        for column, value in enumerate(vector):
            total += element(column, row) * value
        result.append(total)
    return result


def run(size):
    u = [1.0] * size
    v = u
    for _ in range(10):
        v = multiply_transposed(multiply(u))
        u = multiply_transposed(multiply(v))
    product = 0.0
    square = 0.0
    for left, right in zip(u, v):
        product += left * right
        square += right * right
    return "%.9f" % math.sqrt(product / square)


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
