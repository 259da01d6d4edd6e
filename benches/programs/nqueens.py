"""N queens: count the placements in which no queen attacks another.

Recursion with lists of flags that are set and cleared while backtracking.
"""

# checksum: 724 374580349

import sys
import time

SIZE = 10
REPETITIONS = 34


class Board:
    def __init__(self, size):
        self.size = size
        self.columns = [-1] * size
        self.used = [False] * size
        self.rising = [False] * (2 * size)
        self.falling = [False] * (2 * size)
        self.solutions = 0
        self.checksum = 0

    def place(self, row):
        if row == self.size:
            self.record()
            return
        for column in range(self.size):
            rising = row + column
            falling = row - column + self.size
            if self.used[column] or self.rising[rising] or self.falling[falling]:
                continue
            self.used[column] = self.rising[rising] = self.falling[falling] = True
            self.columns[row] = column
            self.place(row + 1)
            self.used[column] = self.rising[rising] = self.falling[falling] = False

    def record(self):
        self.solutions += 1
        code = 0
        for column in self.columns:
            code = code * self.size + column
        self.checksum = (self.checksum * 31 + code) % 1000000007


def run(size):
    board = Board(size)
    board.place(0)
    return f"{board.solutions} {board.checksum}"


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
