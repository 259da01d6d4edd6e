# Deep recursion over linked structures, in both directions, with generators too.
import sys

sys.setrecursionlimit(5000)


class Cell:
    def __init__(self, value, rest):
        self.value, self.rest = value, rest

    def total(self):
        return self.value + (self.rest.total() if self.rest else 0)

    def map(self, function):
        return Cell(function(self.value), self.rest.map(function) if self.rest else None)

    def __iter__(self):
        cell = self
        while cell:
            yield cell.value
            cell = cell.rest


chain = None
for i in range(1500):
    chain = Cell(i, chain)
print(chain.total(), chain.map(lambda x: x % 7).total(), sum(chain), max(chain))


def count(n):
    if n:
        yield from count(n - 1)
        yield n


print(sum(count(150)))


def try_depth(n):
    try:
        return try_depth(n - 1) + 1 if n else 0
    finally:
        log.append(n)


log = []
print(try_depth(1200), len(log), log[:3], log[-1])


def raise_at(n):
    if n == 0:
        raise ValueError("bottom")
    try:
        raise_at(n - 1)
    except KeyError:
        pass


try:
    raise_at(800)
except ValueError as error:
    length = 0
    tb = error.__traceback__
    while tb:
        tb = tb.tb_next
        length += 1
    print(error, length)
deep = []
for _ in range(200):
    deep = [deep]
other = []
for _ in range(200):
    other = [other]
print(deep == other, len(repr(deep)))
