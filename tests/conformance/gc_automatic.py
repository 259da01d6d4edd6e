"""Cyclic garbage goes without anybody asking for it, while what is alive stays."""

import gc
import weakref

deaths = 0


class Node:
    def __init__(self, other):
        self.other = other
        self.data = [other]

    def __del__(self):
        global deaths
        deaths += 1


def make_cycles(count):
    for _ in range(count):
        first = Node(None)
        first.other = Node(first)


kept = Node(None)
kept.other = kept
reference = weakref.ref(kept)
make_cycles(60000)
print("collected without being asked:", deaths > 60000)
print("bounded:", len(gc.get_objects()) < 90000)
print("kept:", reference() is kept, kept.other is kept)

gc.disable()
before = deaths
make_cycles(3000)
print("disabled:", deaths == before)
gc.enable()
gc.collect()
print("all gone:", deaths == 2 * 63000)
