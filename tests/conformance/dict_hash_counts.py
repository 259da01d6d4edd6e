"""How often dicts, sets and what walks them ask keys for hashes and compare them."""


class H:
    hashes = equals = 0
    def __init__(s, n, h=None): s.n = n; s.h = n if h is None else h
    def __hash__(s): H.hashes += 1; return s.h
    def __eq__(s, o): H.equals += 1; return s.n == getattr(o, "n", None)
    def __repr__(s): return "H"


def measure(name, setup, use):
    for _ in range(40):
        x = setup()
        H.hashes = H.equals = 0
        try: r = use(x)
        except Exception as e: r = type(e).__name__
    if type(r) not in (int, str, bool): r = type(r).__name__
    print(name, H.hashes, H.equals, r)


keys = [H(i) for i in range(6)]
same = [H(i, 1) for i in range(6)]
k, c = H(2), H(2, 1)
for label, ks, q in ("apart", keys, k), ("same", same, c):
    D = lambda: dict.fromkeys(ks, 1)
    S = lambda: set(ks)
    E = lambda: {}
    for name, setup, use in [
        ("get", D, lambda d: d.get(q)), ("getitem", D, lambda d: d[q]), ("in", D, lambda d: q in d), ("set", D, lambda d: d.__setitem__(q, 2)),
        ("set new", D, lambda d: d.__setitem__(H(9, q.h), 2)), ("del", D, lambda d: d.__delitem__(q)), ("pop", D, lambda d: d.pop(q)),
        ("pop missing", D, lambda d: d.pop(H(9, q.h), 0)), ("setdefault", D, lambda d: d.setdefault(q, 3)), ("setdefault new", D, lambda d: d.setdefault(H(9, q.h), 3)),
        ("update", D, lambda d: d.update({q: 1})), ("update with dict", D, lambda d: d.update(D())), ("update empty", E, lambda d: d.update(D())),
        ("update pairs", D, lambda d: d.update([(q, 1)])), ("update keywords", D, lambda d: d.update(a=1)), ("or", D, lambda d: d | {q: 1}), ("or itself", D, lambda d: d | d),
        ("ior", D, lambda d: d.__ior__({q: 1})), ("copy", D, lambda d: d.copy()), ("dict", D, lambda d: dict(d)), ("starred", D, lambda d: {**d}), ("starred twice", D, lambda d: {**d, **d}),
        ("list", D, lambda d: list(d)), ("items", D, lambda d: list(d.items())), ("eq", D, lambda d: d == D()), ("eq copy", D, lambda d: d == d.copy()), ("fromkeys dict", D, lambda d: dict.fromkeys(d)),
        ("fromkeys set", S, lambda s: dict.fromkeys(s)), ("fromkeys frozenset", S, lambda s: dict.fromkeys(frozenset(s), 2)), ("fromkeys list", S, lambda s: dict.fromkeys(list(s))), ("fromkeys keys", D, lambda d: dict.fromkeys(d.keys())),
        ("popitem", D, lambda d: d.popitem() and 1), ("clear", D, lambda d: d.clear()), ("pop empty", E, lambda d: d.pop(q, 1)), ("get empty", E, lambda d: d.get(q)), ("in empty", E, lambda d: q in d), ("del empty", E, lambda d: d.__delitem__(q)),
        ("setdefault empty", E, lambda d: d.setdefault(q)), ("unhashable pop", E, lambda d: d.pop([], 1)), ("unhashable get", E, lambda d: d.get([])), ("keys and", D, lambda d: d.keys() & {q}), ("keys and keys", D, lambda d: d.keys() & D().keys()), ("keys or", D, lambda d: d.keys() | [q]),
        ("keys sub", D, lambda d: d.keys() - {q}), ("keys xor", D, lambda d: d.keys() ^ {q}), ("keys eq", D, lambda d: d.keys() == D().keys()), ("keys disjoint", D, lambda d: d.keys().isdisjoint([q])), ("items in", D, lambda d: (q, 1) in d.items()), ("values in", D, lambda d: 5 in d.values()),
        ("augmented", D, lambda d: exec("d[q] += 1", {"d": d, "q": q})), ("set of dict", D, lambda d: set(d)), ("frozenset of dict", D, lambda d: frozenset(d)), ("set of keys", D, lambda d: set(d.keys())), ("set of set", S, lambda s: set(s)), ("set of list", S, lambda s: set(ks)),
        ("set in", S, lambda s: q in s), ("add", S, lambda s: s.add(q)), ("add new", S, lambda s: s.add(H(9, q.h))), ("discard", S, lambda s: s.discard(q)), ("remove missing", S, lambda s: s.remove(H(9, q.h))), ("set update", S, lambda s: s.update(S())), ("set update list", S, lambda s: s.update([q])),
        ("set update dict", S, lambda s: s.update(D())), ("starred set", S, lambda s: {*s}), ("starred sets", S, lambda s: {*s, *s}), ("starred dict in set", D, lambda d: {*d}), ("union", S, lambda s: s | S()), ("intersection", S, lambda s: s & S()), ("intersection list", S, lambda s: s.intersection([q])), ("difference", S, lambda s: s - S()),
        ("difference dict", S, lambda s: s.difference(D())), ("difference list", S, lambda s: s.difference([q])), ("symmetric", S, lambda s: s ^ S()), ("symmetric dict", S, lambda s: s.symmetric_difference(D())), ("symmetric list", S, lambda s: s.symmetric_difference([q])), ("set eq", S, lambda s: s == S()), ("subset", S, lambda s: s <= S()),
        ("issubset list", S, lambda s: s.issubset(ks)), ("issuperset list", S, lambda s: s.issuperset([q])), ("disjoint", S, lambda s: s.isdisjoint([q])), ("disjoint set", S, lambda s: s.isdisjoint({q})), ("update in place", S, lambda s: s.difference_update(S())), ("intersect in place", S, lambda s: s.intersection_update([q])),
        ("symmetric in place", S, lambda s: s.symmetric_difference_update(D())), ("frozenset hash", lambda: frozenset(ks), lambda f: hash(f) == hash(f)), ("tuple hash", lambda: (q, q), lambda t: hash(t) == hash(t) == hash(t)), ("tuple key", lambda: (q, 1), lambda t: {t: 1}[t]), ("slice hash", lambda: slice(q, 1), lambda s: hash(s) == hash(s)),
        ("list index", lambda: ks, lambda l: l.index(q)), ("list count", lambda: ks, lambda l: l.count(q)), ("list in", lambda: ks, lambda l: q in l), ("list eq", lambda: ks, lambda l: l == list(ks)), ("list eq others", lambda: ks, lambda l: l == [H(i) for i in range(6)]), ("list lt", lambda: ks, lambda l: l < [H(0), H(1), 7]),
        ("tuple index", lambda: tuple(ks), lambda t: t.index(q)), ("keywords", lambda: {"a": 1}, lambda d: (lambda **w: w)(**d)), ("comprehension", lambda: ks, lambda l: {x: 1 for x in l}), ("set comprehension", lambda: ks, lambda l: {x for x in l}), ("dict of pairs", lambda: ks, lambda l: dict((x, 1) for x in l)), ("zip", lambda: ks, lambda l: dict(zip(l, l))),
    ]:
        measure(label + " " + name, setup, use)
