# Registers that side traces show to the interpreter's own code: they stay the trace's, and nobody releases them twice.
import sys


class Pair(list):
    alive = 0

    def __init__(self, *items):
        super().__init__(items)
        Pair.alive += 1

    def __del__(self):
        Pair.alive -= 1


def leaf(pair, turn):
    if turn % 3:
        first, *rest = pair
        return first + len(rest)
    if turn % 5:
        text = f"{pair!r:>12}{turn:>4}"
        return len(text)
    return 1


def outer(pair, turn):
    return leaf(pair, turn) + 1


def noise(a, b=2):
    """Left to the interpreter, with many temporaries where the frame of `leaf` was."""
    try:
        raise ValueError(a)
    except ValueError:
        return [a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b, a, b, [a, b, a, b], a + b]


def run(rounds):
    pair = Pair(1, 2, 3)
    total = 0
    for turn in range(rounds):
        total += outer(pair, turn)
        total += len(noise(turn, turn + 1))
    return total, Pair.alive, pair, sys.getrefcount(pair) < 10


def by_key(rounds):
    pair = Pair(4, 5)
    turns = sorted(range(rounds), key=lambda turn: (outer(pair, turn), turn))
    noises = sorted(turns, key=noise)
    return turns[:4], noises[:4], Pair.alive, pair


for rounds in (10, 400, 4000):
    print(run(rounds), Pair.alive)
    print(by_key(rounds), Pair.alive)


class Base:
    def __init__(self, name):
        self.name = name

    def describe(self, other):
        return f"{self.name}:{other}"


class Derived(Base):
    def __init__(self, name, level):
        if level % 2:
            super().__init__(name)
        else:
            super(Derived, self).__init__(name * 2)
        self.level = level

    def describe(self, other):
        if self.level % 3:
            return super().describe(other) + "!"
        return super().describe(self.level)


def build(turn):
    made = Derived("x", turn)
    return made.describe(turn // 7)


names = {}
for turn in range(3000):
    name = build(turn)
    names[name[:4]] = names.get(name[:4], 0) + len(noise(turn, 2))
print(len(names), sorted(names.items())[:6])
