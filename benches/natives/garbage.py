"""The collector, copies and reflection: nanoseconds for each object.

usage: INTERPRETER garbage.py [NAME ...]
"""
import abc
import copy
import gc
import pprint
import typing
import weakref

from measure import report

N = 1000


class Node:
    def __init__(self, other):
        self.other = other


class Sized(abc.ABC):
    @classmethod
    def __subclasshook__(cls, other):
        return hasattr(other, "size") or NotImplemented


@typing.runtime_checkable
class Closes(typing.Protocol):
    def close(self): ...


class Closed:
    def close(self): ...


KEPT = [[i, (i, str(i)), {"key": [i]}] for i in range(N)]
CHAIN = None
for _ in range(N):
    CHAIN = Node(CHAIN)
NESTED = {"list": [1, 2, {"a": (1, 2), "b": [3, 4]}], "dict": {"c": "text", "d": None}}


def cycles():
    for _ in range(N):
        node = Node(None)
        node.other = node
    gc.collect()


def references():
    node = Node(None)
    for _ in range(N):
        weakref.ref(node)()


report({
    "gc: collect nothing": (1, gc.collect),
    "gc: cycles": (N, cycles),
    "weakref: make and call": (N, references),
    "copy: copy": (1, lambda: copy.copy(CHAIN)),
    "copy: deepcopy": (1, lambda: copy.deepcopy(NESTED)),
    "abc: isinstance": (1, lambda: isinstance(3, Sized)),
    "typing: isinstance of a protocol": (1, lambda c=Closed(): isinstance(c, Closes)),
    "pprint: pformat": (1, lambda: pprint.pformat(NESTED, width=30)),
})
