"""Pickles: nanoseconds for each object that is written or read, best of several rounds.

usage: INTERPRETER pickles.py [NAME ...]
"""
import pickle

from measure import report


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


# The name, how many objects there are, and what holds them.
SUBJECTS = {
    "ints": (1000, list(range(1000))),
    "floats": (1000, [i / 7 for i in range(1000)]),
    "texts": (1000, [f"text number {i}" for i in range(1000)]),
    "equal texts": (1000, ["the same text"] * 1000),
    "tuples": (1000, [(i, i + 1) for i in range(1000)]),
    "dicts": (200, [{"name": f"n{i}", "value": i, "flag": True} for i in range(200)]),
    "sets": (200, [{i, i + 1, i + 2} for i in range(200)]),
    "bytes": (200, [bytes([i]) * 100 for i in range(200)]),
    "instances": (200, [Point(i, i / 3) for i in range(200)]),
    "instances with slots": (200, [Slotted(i, i / 3) for i in range(200)]),
}


OPERATIONS = {}
for name, (count, subject) in SUBJECTS.items():
    written = pickle.dumps(subject)
    OPERATIONS[f"pickle: write {name}"] = count, lambda subject=subject: pickle.dumps(subject)
    OPERATIONS[f"pickle: read {name}"] = count, lambda written=written: pickle.loads(written)
report(OPERATIONS)
