"""Patterns over values of builtin and other types, hot, at one place."""
from collections import OrderedDict, deque
from collections.abc import Sequence


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Row(Sequence):
    def __init__(self, *items):
        self.items = items

    def __getitem__(self, index):
        return self.items[index]

    def __len__(self):
        return len(self.items)


class Listed(list):
    pass


class Meta(type):
    def __instancecheck__(cls, value):
        return value == 13


class Thirteen(metaclass=Meta):
    pass


values = [("go", 1), ["turn", 2, 3], {"op": "x"}, OrderedDict(op=4), (4, 5, 6), 7, 13, True, 2.5, "text", b"bytes", None,
          Point(1, 2), Row(1, 2, 3), Listed([8, 9]), deque([1]), range(3), {1, 2}, 1 << 70, {}, [], (), "go"]


def kind(value):
    match value:
        case Thirteen():
            return "thirteen"
        case bool(truth):
            return truth
        case ("go", k):
            return k
        case [_, a, b]:
            return a, b
        case {"op": op, **rest}:
            return op, rest
        case [first, *rest]:
            return first, len(rest)
        case Point(x=0):
            return "zero"
        case Point(x, y):
            return x + y
        case int() | float() as number:
            return number * 2
        case str(text) | bytes(text):
            return text[:1]
        case None:
            return "none"
        case {}:
            return "mapping"
        case []:
            return "empty"
        case set() | frozenset():
            return "set"
    return "other"


def hot(n):
    seen = []
    for i in range(n):
        seen.append(kind(values[i % len(values)]))
    return seen


for value, found in zip(values, hot(1000)):
    print(type(value).__name__, found)
print(hot(1000)[-len(values):] == hot(2000)[977:1000])
Sequence.register(Point)
print(kind(Point(0, 5)) if hasattr(Point, "__getitem__") else "registered")
try:
    match 5:
        case Point(1, 2, 3):
            pass
    match Point(1, 2):
        case Point(1, 2, 3):
            pass
except TypeError as error:
    print(error)
try:
    name = 3
    match 4:
        case name():
            pass
except TypeError as error:
    print(error)
