"""Writes a random program for a seed: hot loops over objects, tuples, iterators, exceptions and frames.

It is made to find where traces differ from the interpreter, so programs count references, log what dies, and look at
their own frames. A line that starts with RC holds reference counts, which are the VM's own.
"""

import sys

PRELUDE = '''\
import sys


class Point:
    def __init__(self, x, y=2, z=None):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Point(self.x + other.x, self.y - other.y, self.z)

    def __lt__(self, other):
        return self.x < other.x

    def __len__(self):
        return abs(int(self.x)) % 7

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    def swap(self):
        return Point(self.y, self.x, self)


class Other(Point):
    __slots__ = ()

    def dot(self, other):
        return self.x - other.y


class Mortal(Point):
    def __del__(self):
        log.append(("del", show(self.x)))


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b=0):
        self.a = a
        self.b = b

    def get(self):
        return (self.a, self.b)


log = []
kept = []


def pair(a, b):
    return a, b


def first(items):
    return items[0]


def with_defaults(a, b=3, c=(1, 2)):
    return a + b + c[0]


def sometimes(i):
    if i % 11 == 3:
        raise ValueError(i)
    return i


def show(value, depth=0):
    if depth > 3:
        return "..."
    if isinstance(value, Point):
        return (type(value).__name__, show(value.x, depth + 1), show(value.y, depth + 1), show(value.z, depth + 1))
    if isinstance(value, Slotted):
        return ("Slotted", show(value.a, depth + 1), show(value.b, depth + 1))
    if isinstance(value, (tuple, list)):
        return [show(item, depth + 1) for item in value]
    if isinstance(value, int) and abs(value) > 10**30:
        return "large"
    return value


def work(count):
    n = 0
    a = b = c = d = e = None
    for i in range(count):
'''

EPILOGUE = '''\
        if not (isinstance(n, (int, float)) and -1e18 < n < 1e18):
            n = 1
        if i % 10 == 9:
            a = b = c = d = e = None
    print("RC", [sys.getrefcount(value) if isinstance(value, (Point, Slotted)) else 0 for value in (a, b, c, d, e)])
    return show(n), show((a, b, c, d, e))


for count in (40, 130, 7):
    try:
        print(work(count))
    except Exception as error:
        print(type(error).__name__, error, error.__traceback__.tb_next.tb_lineno)
    print(len(log), show(log[-12:]))
    kept.clear()
'''

LOCALS = "abcde"


class Generator:
    def __init__(self, seed):
        self.state = seed * 2654435761 % 2**32 + 1

    def below(self, limit):
        self.state = (self.state * 1103515245 + 12345) % 2**31
        return (self.state >> 8) % limit

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def value(self, depth=0):
        """An expression of any type."""
        local = self.pick(LOCALS)
        number = self.number(depth + 1)
        choices = (
            local,
            local,
            "i",
            number,
            f"Point({number}, {self.number(depth + 1)})",
            f"{self.pick(('Other', 'Mortal'))}({number})",
            f"Point({number}, z={local})",
            f"(Point({number}) + Point({self.number(depth + 1)}, i))",
            f"({local}, {number})",
            f"[{local}, {number}]",
            f"pair({number}, {local})",
            f"Slotted({number}, {local})",
        )
        return self.pick(choices)

    def number(self, depth=0):
        """An expression that is a number."""
        if depth > 3:
            return self.pick(("i", "1", "2.5", "1e300"))
        kind = self.below(12)
        if kind < 3:
            return "i"
        if kind == 3:
            return str(self.below(99) - 9)
        one, two = self.number(depth + 1), self.number(depth + 1)
        choices = (
            f"({one} {self.pick('+-*')} {two})",
            f"Point({one}, {two}).{self.pick('xy')}",
            f"first(({one}, {two}))",
            f"Point({one}).dot({self.pick(('Point', 'Other'))}({two}, i))",
            f"len(Point(i, {two}))",
            f"with_defaults({one}{self.pick(('', ', 4', ', 1, (5, 6)'))})",
            f"Slotted({one}).get()[{self.below(2)}]",
            f"({one} if {two} < i else {two})",
        )
        return self.pick(choices)

    def block(self, indent, depth):
        if depth > 2:
            return [indent + f"n += {self.number()}"]
        lines = []
        for _ in range(1 + self.below(3)):
            lines += self.statement(indent, depth)
        return lines

    def statement(self, indent, depth):
        """The lines of a statement."""
        one, two = self.pick(LOCALS), self.pick(LOCALS)
        inner = indent + "    "
        kind = self.below(16)
        if kind < 4:
            return [indent + f"{one} = {self.value()}"]
        if kind == 4:
            return [indent + f"n += {self.number()}"]
        if kind == 5:
            lines = [indent + f"if i % {2 + self.below(7)} == {self.below(3)}:"] + self.block(inner, depth + 1)
            return lines + ([indent + "else:"] + self.block(inner, depth + 1) if self.below(2) else [])
        if kind == 6:
            items = self.pick(("range(3)", "(1, 2, i)", "[i, 4]", "range(i % 4)", "range(1, 3)"))
            return [indent + f"for j in {items}:", inner + "n += j"] + self.block(inner, depth + 1)
        if kind == 7:
            lines = [indent + "try:", inner + "n += sometimes(i)"] + self.block(inner, depth + 1)
            return lines + [indent + "except ValueError as error:", inner + "log.append(error.args[0])"]
        lines = (
            (f"if isinstance({one}, Point):", f"    {one}.x = {self.number()}", f"    n += {one}.dot({one})"),
            (f"if isinstance({one}, tuple):", f"    {two}, _ = {one}"),
            (f"kept.append({one})", "del kept[:-2]"),
            (f"if isinstance({one}, Point):", f"    {one} = {one}.swap()"),
            ("if i % 17 == 5:", f"    log.append(show({one}))"),
            (f"if isinstance({one}, Point) and isinstance({two}, Point):", f"    n += {one} < {two}"),
            ("if i % 29 == 7:", f"    {one} = sys._getframe().f_locals.get('{two}')"),
            (f"{one} = {two}",),
        )
        return [indent + line for line in self.pick(lines)]

    def program(self):
        lines = []
        for _ in range(4 + self.below(6)):
            lines += self.statement("        ", 0)
        return PRELUDE + "\n".join(lines) + "\n" + EPILOGUE


print(Generator(int(sys.argv[1])).program(), end="")
