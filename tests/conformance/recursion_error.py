# RecursionError: caught, message, recovery, through methods and special methods.
import sys


def forever(n):
    return forever(n + 1)


def depth(n):
    try:
        return depth(n + 1)
    except RecursionError:
        return n


for _ in range(3):
    try:
        forever(0)
    except RecursionError as error:
        print(type(error).__name__, error)
print(900 < depth(0) < 1000, sys.getrecursionlimit())


class Loop:
    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __repr__(self):
        return repr(self)

    def __eq__(self, other):
        return self == other

    def __call__(self):
        return self()


loop = Loop()
for action in (lambda: loop.a, lambda: repr(loop), lambda: loop == loop, loop):
    try:
        action()
    except RecursionError:
        print("caught")
sys.setrecursionlimit(200)
print(depth(0) < 200)
sys.setrecursionlimit(3000)


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


print(down(2500))
sys.setrecursionlimit(1000)
for bad in (0, -5, "x"):
    try:
        sys.setrecursionlimit(bad)
    except (ValueError, TypeError) as error:
        print(error)
total = 0
for i in range(10):
    try:
        total += down(i * 300)
    except RecursionError:
        total += 1000000
print(total)
