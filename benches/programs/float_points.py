"""Float points: make many small objects, normalise each, fold them to a maximum.

Object creation, float attributes and short method calls.
"""

# checksum: 0.894425958 1.000000000 0.447212891

import math
import sys
import time

SIZE = 45000
REPETITIONS = 34


class Point:
    def __init__(self, angle):
        self.x = math.sin(angle)
        self.y = math.cos(angle) * 3
        self.z = self.x * self.x / 2

    def normalize(self):
        length = math.sqrt(self.x * self.x + self.y * self.y + self.z * self.z)
        self.x /= length
        self.y /= length
        self.z /= length

    def maximum(self, other):
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self


def run(size):
    points = [Point(float(index)) for index in range(size)]
    for point in points:
        point.normalize()
    highest = points[0]
    for point in points[1:]:
        highest = highest.maximum(point)
    return "%.9f %.9f %.9f" % (highest.x, highest.y, highest.z)


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
