# Processes that start anew and import the program: multiprocessing's spawn and forkserver.
# modes: off on
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


def moved(point):
    return Point(point.x + 1, point.y), __name__, multiprocessing.current_process().name == "MainProcess"


def put(queue, lock, point):
    with lock:
        queue.put(moved(point))
    sys.exit(3)


def main():
    for method in ("spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        queue, lock = context.Queue(), context.Lock()
        process = context.Process(target=put, args=(queue, lock, Point(1, 2)))
        process.start()
        print(method, queue.get(timeout=60))
        process.join()
        print(process.exitcode)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        print(list(executor.map(moved, [Point(number, 0) for number in range(3)])))


if __name__ == "__main__":
    main()
