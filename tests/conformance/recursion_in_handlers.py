"""Functions that call themselves again where they have caught a RecursionError: as many calls as the limit allows."""
import sys

calls = 0


def again():
    global calls
    calls += 1
    try:
        again()
    except RecursionError:
        again()


for limit in (7, 8):
    for _ in range(6):
        calls = 0
        sys.setrecursionlimit(limit)
        try:
            again()
        except RecursionError:
            pass
        sys.setrecursionlimit(1000)
    print(calls > 2 ** (limit - 6), calls < 2 ** (limit + 2))
