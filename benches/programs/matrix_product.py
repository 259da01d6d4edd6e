"""Matrix product: the schoolbook triple loop over lists of lists.

Nested indexing of float lists.
"""

# checksum: -11402038.211111112 -68961.079259259 80903.109629630

import sys
import time

SIZE = 90
REPETITIONS = 28


def make_matrix(size, seed):
    scale = 1.0 / size
    return [
        [scale * (row - column + seed) * (row + column) for column in range(size)]
        for row in range(size)
    ]


def multiply(left, right):
    rows = len(left)
    inner = len(right)
    columns = len(right[0])
    result = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            total = 0.0
            for k in range(inner):
                total += left[i][k] * right[k][j]
            result[i][j] = total
    return result


def run(size):
    product = multiply(make_matrix(size, 1.0), make_matrix(size, 2.0))
    trace = 0.0
    for index in range(size):
        trace += product[index][index]
    middle = size // 2
    return "%.9f %.9f %.9f" % (trace, product[middle][middle], product[0][size - 1])


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
