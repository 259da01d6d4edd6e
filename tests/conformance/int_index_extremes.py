"""Indices, lengths and bounds near the ends of the machine's integers."""
import sys
from bisect import bisect, bisect_left, bisect_right, insort

n = sys.maxsize


class R:
    def __len__(s): return n
    def __getitem__(s, i): return i


def show(*calls):
    for c in calls:
        for _ in range(40):
            try: r = c()
            except Exception as e: r = type(e).__name__ + ": " + str(e)
        print(r)


show(lambda: bisect_right(range(n - 1), n - 3), lambda: bisect_right(range(n - 1), n - 3, n - 4, n - 2),
     lambda: bisect_left(R(), n - 5), lambda: bisect_left(R(), n), lambda: bisect_right(R(), n - 2),
     lambda: bisect(R(), 3, n - 1), lambda: bisect(R(), 3, n, n), lambda: bisect_left([1], 1, n, n),
     lambda: bisect_left(R(), -1, 0, n), lambda: bisect_left([1, 2], 1, -1),
     lambda: bisect_left([1, 2], 1, 0, -n), lambda: bisect_left([1, 2], 5, 0, -1))
r = range(n)
show(lambda: len(r), lambda: r[n - 1], lambda: r[-1], lambda: r[-n], lambda: r[n], lambda: r[-n - 1], lambda: r.index(n - 1),
     lambda: r.count(n), lambda: n in r, lambda: n - 1 in r, lambda: r[n - 2:], lambda: r[::n], lambda: r[::-n], lambda: len(r[::n - 1]),
     lambda: list(r[n - 3:]), lambda: list(reversed(range(n - 3, n))), lambda: next(reversed(r)), lambda: next(iter(range(n, n + 5))),
     lambda: len(range(n + 1)), lambda: range(n + 1)[n], lambda: len(range(-n - 1, n)), lambda: list(range(-n - 1, n, n)),
     lambda: list(range(n, -n - 1, -n)), lambda: range(0, n, n - 1)[1], lambda: range(-n - 1, n)[n], lambda: range(n - 1, n * 4, n)[2],
     lambda: range(0, -n - 1, -1)[n], lambda: sum(range(n - 2, n)), lambda: bool(range(n + 5)), lambda: range(n)[n - 5:n + 5],
     lambda: range(1, n, 2).index(n - 2), lambda: (n - 1) in range(1, n, 2), lambda: hash(range(n)) == hash(range(0, n, 1)))
l = [1, 2, 3]
show(lambda: l[n:], lambda: l[-n - 1:], lambda: l[:n], lambda: l[n:-n - 1:-1], lambda: l[::n], lambda: l[::-n], lambda: l[::-n - 1],
     lambda: l[1::n], lambda: l[-n - 1::n], lambda: l[n + 1:], lambda: l[n], lambda: l[-n - 1], lambda: l[n + 1], lambda: l.index(3, -n - 1, n),
     lambda: l.index(3, n), lambda: l.index(3, -n - 5, n + 5), lambda: l.pop(n), lambda: l.pop(-n - 1), lambda: l.pop(n + 1),
     lambda: l.insert(n, 4) or l, lambda: l.pop(), lambda: l.insert(-n - 1, 0) or l, lambda: l.pop(0), lambda: l.insert(n + 1, 4),
     lambda: l.__setitem__(slice(n, None), [4]) or l, lambda: l.pop(), lambda: l.__delitem__(slice(3, n)) or l, lambda: l * n, lambda: l * (n + 1),
     lambda: l * -n, lambda: [] * n, lambda: () * n, lambda: "" * n, lambda: b"" * n, lambda: (1, 2) * n, lambda: "ab" * n, lambda: b"ab" * n,
     lambda: l.__delitem__(slice(None, None, n)) or l)
s = "abc"
show(lambda: s.find("c", -n - 1, n), lambda: s.find("c", n), lambda: s.count("c", -n, n), lambda: s.rfind("a", -n - 1, n), lambda: s[n:],
     lambda: s[::n], lambda: s[::-n], lambda: s.startswith("c", n), lambda: s.startswith("", n), lambda: s.startswith("a", -n - 1), lambda: s.split("b", n),
     lambda: s.replace("b", "", n), lambda: s.ljust(-n), lambda: s.center(-n - 1), lambda: s.zfill(-n), lambda: s.expandtabs(-n), lambda: s.find("", n),
     lambda: b"abc".find(b"c", -n - 1, n), lambda: b"abc"[n:], lambda: bytearray(b"abc").insert(n, 1), lambda: bytearray(b"abc").pop(n), lambda: bytearray(b"abc").pop(-n - 1),
     lambda: "%.*f" % (-1, 1.5), lambda: "%*d" % (-5, 1) , lambda: slice(n).indices(n), lambda: slice(-n - 1, n + 1, n).indices(n), lambda: slice(None, None, -n - 1).indices(5),
     lambda: slice(n * 4, -n * 4, -1).indices(n * 2))
e = enumerate("abc", n - 1)
print(list(e), list(enumerate("ab", n)), list(enumerate("ab", -n - 2)), list(zip(range(n), "ab")))


class Long:
    def __len__(s): return n
    def __getitem__(s, i): return i


class TooLong:
    def __len__(s): return n + 1


class Negative:
    def __len__(s): return -1


show(lambda: len(Long()), lambda: len(TooLong()), lambda: len(Negative()), lambda: bool(TooLong()), lambda: next(reversed(Long())),
     lambda: next(iter(Long())), lambda: Long()[-1], lambda: iter(Long()).__length_hint__())
i = iter(Long())
i.__setstate__(n)
show(lambda: next(i), lambda: next(i, "none"))
i.__setstate__(-5)
print(next(i))
x = []
insort(x, 3); insort(x, 1, 0, 1); insort(x, 2, 0, len(x))
print(x)
show(lambda: (n).bit_length(), lambda: 1 << n if n < 0 else n >> n, lambda: -n - 1 >> n, lambda: -1 >> 2 ** 70, lambda: 5 >> 2 ** 70, lambda: 0 << 2 ** 70,
     lambda: round(1.5, n), lambda: round(1.5, -n), lambda: round(5, n), lambda: pow(2, -1, 7), lambda: divmod(-n - 1, -1), lambda: (-n - 1) // -1,
     lambda: (-n - 1) % -1, lambda: abs(-n - 1), lambda: -(-n - 1), lambda: n * n, lambda: (-n - 1) * -1, lambda: n + 1, lambda: -n - 2, lambda: int.from_bytes(b"\xff" * 8, "big", signed=True),
     lambda: (n + 1).to_bytes(8, "big"), lambda: (-n - 1).to_bytes(8, "big", signed=True), lambda: chr(n), lambda: chr(-n), lambda: hash(n), lambda: hash(-n - 1))
