"""Mandelbrot: escape times of a grid of points, packed into bitmap rows.

A float loop with an unpredictable exit, and bit operations on a bytearray.
"""

# checksum: 318685807

import sys
import time

SIZE = 110
REPETITIONS = 34
ITERATIONS_MAX = 50


def escapes(cr, ci):
    zr = 0.0
    zi = 0.0
    for _ in range(ITERATIONS_MAX):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > 4.0:
            return True
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
    return False


def bitmap_row(y, size):
    row = bytearray((size + 7) // 8)
    ci = 2.0 * y / size - 1.0
    for x in range(size):
        cr = 2.0 * x / size - 1.5
        if not escapes(cr, ci):
            row[x // 8] |= 0x80 >> (x % 8)
    return row


def run(size):
    checksum = 0
    for y in range(size):
        for byte in bitmap_row(y, size):
            checksum = (checksum * 31 + byte) % 1000000007
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
