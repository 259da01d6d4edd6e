"""Objects with __del__ that native functions drop in the middle of their work."""

log = []
class K:
    def __init__(s, x): s.x = x; log.append(("init", x))
    def __del__(s): log.append(("del", s.x))
    def __lt__(s, o): log.append(("lt", s.x, o.x)); return s.x < o.x
    def __gt__(s, o): log.append(("gt", s.x, o.x)); return s.x > o.x
    def __bool__(s): log.append(("bool", s.x)); return s.x % 2 == 0
    def __eq__(s, o): log.append(("eq", s.x, getattr(o, "x", o))); return s.x == getattr(o, "x", o)
    def __hash__(s): log.append(("hash", s.x)); return 1
    def __repr__(s): log.append(("repr", s.x)); return "K"
    def __str__(s): log.append(("str", s.x)); return "k"
    def __add__(s, o): log.append(("add", s.x)); return K(s.x + o.x)
    def __radd__(s, o): log.append(("radd", s.x)); return K(s.x + o)
    def __index__(s): log.append(("index", s.x)); return s.x
    def __len__(s): log.append(("len", s.x)); return s.x
    def __iter__(s): log.append(("iter", s.x)); return iter((1, 2))
    def __format__(s, f): log.append(("format", s.x)); return "f"
    def __call__(s, *a): log.append(("call", s.x)); return K(s.x + 10)
R = range
tests = {
 "sorted": lambda: sorted(R(4), key=K),
 "sort": lambda: [3, 1, 2].sort(key=K),
 "sortrev": lambda: sorted([3, 1, 2], key=K, reverse=True),
 "any": lambda: any(map(K, R(1, 5))),
 "all": lambda: all(map(K, R(0, 5))),
 "max": lambda: max(map(K, R(3))).x,
 "min": lambda: min(map(K, R(3))).x,
 "maxkey": lambda: max(R(3), key=K),
 "minkey": lambda: min([2, 1, 3], key=K),
 "sum": lambda: sum(map(K, R(3))).x,
 "set": lambda: len(set(map(K, (1, 2, 1)))),
 "frozenset": lambda: len(frozenset(map(K, (1, 2, 1)))),
 "dict": lambda: len(dict.fromkeys(map(K, (1, 2, 1)))),
 "pairs": lambda: len(dict(zip(map(K, (1, 2, 1)), R(3)))),
 "in": lambda: 3 in map(K, R(5)),
 "filter": lambda: len(list(filter(None, map(K, R(4))))),
 "filter2": lambda: len(list(filter(lambda k: k.x, map(K, R(4))))),
 "zip": lambda: len(list(zip(map(K, R(3)), map(K, R(2))))),
 "mapmap": lambda: len(list(map(bool, map(K, R(4))))),
 "mapstr": lambda: list(map(str, map(K, R(3)))),
 "maprepr": lambda: list(map(repr, map(K, R(3)))),
 "join": lambda: ",".join(map(str, map(K, R(3)))),
 "enum": lambda: [i for i, k in enumerate(map(K, R(3)))],
 "starmap": lambda: (lambda *a: len(a))(*map(K, R(3))),
 "unpack": lambda: [*map(bool, map(K, R(2)))],
 "bytes": lambda: bytes(map(K, R(4))),
 "bytearray": lambda: bytearray(map(K, R(4))),
 "extend": lambda: bytearray().extend(map(K, R(4))),
 "isdisjoint": lambda: {1, 2}.isdisjoint(map(K, R(3))),
 "issuperset": lambda: {1}.issuperset(map(K, R(1, 3))),
 "inter": lambda: len({1, 2, 3}.intersection(map(K, R(3)))),
 "diff": lambda: len({1, 2, 3}.difference(map(K, R(3)))),
 "symm": lambda: len({1, 2, 3}.symmetric_difference(map(K, R(3)))),
 "percent": lambda: "%s %r" % (K(1), K(2)),
 "format": lambda: "{} {!r}".format(K(1), K(2)),
 "fstring": lambda: f"{K(1)} {K(2)!r}",
 "print": lambda: print(K(1), K(2), end=""),
 "nexts": lambda: next(filter(None, map(K, R(1, 5)))).x,
 "mapcall": lambda: len(list(map(K(5), R(3)))),
 "lists": lambda: [K(1)] == [K(2)],
 "tuples": lambda: (K(1), K(2)) < (K(1), K(3)),
 "index": lambda: [K(1), K(2)].index(K(2)),
 "count": lambda: [K(1), K(2)].count(K(2)),
 "remove": lambda: [K(1), K(2)].remove(K(2)),
 "getslice": lambda: [1, 2, 3][K(0):K(2)],
 "repeat": lambda: [1] * K(2),
 "calliter": lambda: len(list(iter(iter(map(K, R(5))).__next__, 3))),
 "reduce": lambda: len(tuple(map(K, K(2)))),
 "updict": lambda: {}.update([(K(1), K(5)), (K(1), K(6))]),
 "setitems": lambda: {K(1): K(7), K(1): K(8)},
 "pop": lambda: {K(1): 2}.pop(K(1)),
 "setdefault": lambda: {K(1): 2}.setdefault(K(1), K(9)),
 "dicteq": lambda: {1: K(1), 2: K(2)} == {1: K(1), 2: K(2)},
 "range": lambda: list(R(K(1), K(3))),
 "pow": lambda: pow(K(2).x, K(3).x),
 "getattr": lambda: getattr(K(1), "x") + getattr(K(2), "x"),
 "isinstance": lambda: isinstance(K(1), (int, K)),
 "round": lambda: [K(i).x for i in R(3)],
 "startswith": lambda: "abc".find("c", K(0), K(3)),
 "insert": lambda: [1].insert(K(0), K(1)),
 "chain": lambda: list(map(lambda a, b: a.x + b.x, map(K, R(2)), map(K, R(2)))),
 "callcall": lambda: K(1)()().x,
}
def run():
    for name, t in tests.items():
        log.clear()
        try: r = t()
        except Exception as e: r = repr(e)
        log.append("end")
        if not isinstance(r, (int, str, list, tuple, bytes, bool, bytearray)) and r is not None: r = type(r).__name__
        print(name, r, *log)
for _ in range(3): run()
