"""What asks how many items will come, and what becomes of the answer."""

import array, math, sys
class BadLen:
    def __iter__(s): return iter(range(3))
    def __len__(s): raise RuntimeError("hello")
class BadHint:
    def __iter__(s): return iter(range(3))
    def __length_hint__(s): raise RuntimeError("hint")
class TypeHint:
    def __iter__(s): return iter(range(3))
    def __length_hint__(s): raise TypeError("hint")
class TypeLen(TypeHint):
    def __len__(s): raise TypeError("len")
class StrHint:
    def __iter__(s): return iter(range(3))
    def __length_hint__(s): return "x"
class NegHint:
    def __iter__(s): return iter(range(3))
    def __length_hint__(s): return -1
class NotHint:
    def __iter__(s): return iter(range(3))
    def __length_hint__(s): return NotImplemented
class HugeHint:
    def __iter__(s): return iter(range(3))
    def __length_hint__(s): return sys.maxsize
class HugerHint:
    def __iter__(s): return iter(range(3))
    def __length_hint__(s): return sys.maxsize + 1
class NegLen:
    def __iter__(s): return iter(range(3))
    def __len__(s): return -1
class WrongLen:
    def __iter__(s): return iter(range(3))
    def __len__(s): return 100
class IdxHint:
    def __iter__(s): return iter(range(3))
    def __length_hint__(s): return True
class Log:
    def __iter__(s): print("iter", end=" "); return iter(range(3))
    def __len__(s): print("len", end=" "); return 3
class LogHint:
    def __iter__(s): print("iter", end=" "); return iter(range(3))
    def __length_hint__(s): print("hint", end=" "); return 3
class It:
    def __init__(s): s.i = 0
    def __iter__(s): return s
    def __next__(s):
        s.i += 1
        if s.i > 3: raise StopIteration
        return s.i
    def __length_hint__(s): print("hint", end=" "); return 3
class NoIter:
    def __length_hint__(s): print("hint"); return 3
def setslice(x):
    l = [9]; l[:] = x; return l
def setstep(x):
    l = [7, 8, 9]; l[::1] = x; return l
def iadd(x):
    l = [9]; l += x; return l
def star(x):
    a, *b = x; return a, b
def f(*a, **k): return a
fs = [list, [].extend, tuple, bytearray().extend, bytes, bytearray, set, frozenset, sorted, sum, max, min, any, all,
    lambda x: [*x], lambda x: (*x,), lambda x: {*x}, lambda x: f(*x), lambda x: f(1, *x), lambda x: f(*x, 1), setslice, setstep, iadd, star,
    lambda x: list(map(str, x)), lambda x: list(zip(x)), lambda x: list(enumerate(x)), lambda x: list(filter(None, x)),
    lambda x: "".join(x), lambda x: b"".join(x), dict.fromkeys, lambda x: dict(x), lambda x: {}.update(x), lambda x: dict([x]),
    lambda x: array.array("i", x), lambda x: array.array("i").extend(x), lambda x: [i for i in x], lambda x: list(i for i in x),
    lambda x: math.fsum(x), lambda x: math.prod(x), lambda x: list(iter(x)), lambda x: print(*x), lambda x: "%s" % (list(x),),
    lambda x: {1} | set(x), lambda x: {1}.union(x), lambda x: {1}.intersection(x), lambda x: {1}.issubset(x), lambda x: 1 in x, lambda x: list(reversed(list(x))),
    lambda x: math.dist(x, x), lambda x: math.hypot(*x), lambda x: slice(*x), lambda x: range(*x), lambda x: type("N", x, {}), lambda x: list.__init__([], x), lambda x: [].__iadd__(x), lambda x: [1].__add__(x), lambda x: tuple.__new__(tuple, x), lambda x: complex(*x), lambda x: next(iter(x)), lambda x: [0, *x, *x]]
cs = [BadLen, BadHint, TypeHint, TypeLen, StrHint, NegHint, NotHint, HugerHint, NegLen, WrongLen, IdxHint, Log, LogHint, It, NoIter]
for n, g in enumerate(fs):
    for c in cs:
        try: r = g(c())
        except BaseException as e: r = type(e).__name__ + ": " + str(e)
        print(n, c.__name__, r)
