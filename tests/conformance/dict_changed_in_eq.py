"""A key whose __eq__ changes the dict that is being searched: every operation with every change."""

class K:
    act = None
    log = 0
    def __init__(s, n, h=1): s.n = n; s.h = h
    def __hash__(s): return s.h
    def __eq__(s, o):
        K.log += 1
        a = K.act
        if a: K.act = None; a()
        return s.n == o.n if isinstance(o, K) else NotImplemented
    def __repr__(s): return "K%d" % s.n
def mk(): return {K(1): "a", K(3): "b", K(2): "c", "x": 1, K(5, 2): 9}
muts = {
 "clear": lambda d: d.clear(),
 "del1": lambda d: d.pop(next(iter(d))),
 "dellast": lambda d: d.popitem(),
 "grow": lambda d: d.update((str(i), i) for i in range(100)),
 "shrink": lambda d: (d.clear(), d.update(z=1)),
 "rebuild": lambda d: (d.clear(), [d.__setitem__(K(i), i) for i in (7, 2, 8)]),
 "insert": lambda d: d.__setitem__(K(44), 44),
 "delins": lambda d: (d.pop(list(d)[0]), d.__setitem__(K(55), 55)),
 "delins2": lambda d: (d.pop(list(d)[1]), d.__setitem__(K(2), "new")),
}
ops = {
 "get": lambda d: d.get(K(2)),
 "getitem": lambda d: d[K(2)],
 "in": lambda d: K(2) in d,
 "set": lambda d: d.__setitem__(K(2), "n"),
 "setnew": lambda d: d.__setitem__(K(99), "n"),
 "del": lambda d: d.__delitem__(K(2)),
 "delmissing": lambda d: d.__delitem__(K(99)),
 "pop": lambda d: d.pop(K(2), None),
 "setdefault": lambda d: d.setdefault(K(2), 5),
 "setdefaultnew": lambda d: d.setdefault(K(98), 5),
 "update": lambda d: d.update({K(2): 1, K(97): 2}),
 "updatepairs": lambda d: d.update([(K(2), 1), (K(97), 2)]),
 "ior": lambda d: d.__ior__({K(2): 1, K(97): 2}),
 "or": lambda d: d | {K(2): 1, K(97): 2},
 "eq": lambda d: d == mk(),
 "eq2": lambda d: mk() == d,
 "keysand": lambda d: sorted(map(repr, d.keys() & {K(2), K(3)})),
 "keyssub": lambda d: sorted(map(repr, d.keys() - {K(2), K(3)})),
 "keyseq": lambda d: d.keys() == {K(1), K(2)},
 "itemsin": lambda d: (K(2), "c") in d.items(),
 "valuesin": lambda d: K(2) in d.values(),
 "fromkeys": lambda d: dict.fromkeys([K(2), K(1)], 0) ,
 "keysxor": lambda d: sorted(map(repr, d.keys() ^ {K(2), K(3)})),
 "disj": lambda d: d.keys().isdisjoint([K(2)]),
 "copyset": lambda d: sorted(map(repr,set(d))),
}
def run():
    lines = []
    for on, op in ops.items():
        summary = 0
        for mn, mut in muts.items():
            for delay in (0, 1, 2):
                d = mk()
                K.log = 0
                cnt = [delay]
                def act():
                    if cnt[0]: cnt[0] -= 1; K.act = act; return
                    mut(d)
                K.act = act
                try: r = op(d)
                except (RuntimeError, KeyError) as e: r = type(e).__name__ + str(e)
                K.act = None
                shown = repr((on, mn, delay, r, K.log, list(d.items())[:4], len(d)))
                summary = (summary * 31 + sum(map(ord, shown))) % 1000003
                if mn == "clear" and delay == 1: lines.append(shown)
        lines.append((on, summary))
    return lines


first = run()
print(*first, sep="\n")
print(all(run() == first for _ in range(3)))


# Arrays and sequences that comparisons and conversions shorten.
import array
a = array.array("i", range(8))


class Shortens:
    def __init__(self, n): self.n = n
    def __index__(self):
        del a[2:]
        return self.n
    def __eq__(self, other):
        del a[2:]
        return False


def attempt(f):
    global a
    for _ in range(40):
        a = array.array("i", range(8))
        try: r = f()
        except Exception as e: r = type(e).__name__ + ": " + str(e)
    print(r, list(a))


# What CPython makes of these depends on its memory; here they must only be survived.
for f in (lambda: a.fromlist([1, Shortens(5), "x"]), lambda: a.extend([Shortens(5), 6]), lambda: a.insert(7, Shortens(5)),
          lambda: a.insert(Shortens(7), 5), lambda: a.append(Shortens(5))):
    for _ in range(40):
        a = array.array("i", range(8))
        try: f()
        except (TypeError, IndexError): pass
    print(a[0], len(list(a)) > 0)
attempt(lambda: a.__setitem__(6, Shortens(5)))
attempt(lambda: a.__setitem__(Shortens(6), 5))
attempt(lambda: a.__getitem__(Shortens(6)))
attempt(lambda: a[Shortens(1):7])
attempt(lambda: a.pop(Shortens(6)))
attempt(lambda: a.index(Shortens(6)))
attempt(lambda: a.count(Shortens(6)))
attempt(lambda: a.remove(Shortens(6)))
attempt(lambda: Shortens(6) in a)
attempt(lambda: a * Shortens(2))

l = []


class Clears:
    def __eq__(self, other):
        l.clear()
        return False
    def __lt__(self, other):
        l.clear()
        return False
    def __repr__(self):
        l.clear()
        return "C"
    def __hash__(self):
        return 1
    def __index__(self):
        l.clear()
        return 1
    def __bool__(self):
        l.clear()
        return False
    def __add__(self, other):
        l.clear()
        return self
    __radd__ = __add__


def on_list(name, f):
    for _ in range(40):
        l[:] = [[1], Clears(), [2], [3]]
        try: r = f()
        except Exception as e: r = type(e).__name__ + ": " + str(e)
    if isinstance(r, Clears): r = "C"
    print(name, r, l)


on_list("in", lambda: 5 in l)
on_list("index", lambda: l.index(5))
on_list("count", lambda: l.count(5))
on_list("remove", lambda: l.remove(5))
on_list("eq", lambda: l == [[1], 1, 2, 3])
on_list("lt", lambda: l < [[1], 1, 2, 3])
on_list("repr", lambda: repr(l))
on_list("str", lambda: "%s" % l)
on_list("sort", lambda: l.sort(key=lambda x: Clears()))
on_list("sorted", lambda: len(sorted(l, key=lambda x: Clears())))
on_list("max", lambda: max(l, key=lambda x: Clears()))
on_list("any", lambda: any(l[1:]))
on_list("getitem", lambda: l[Clears()])
on_list("slice", lambda: l[Clears():])
on_list("setitem", lambda: l.__setitem__(Clears(), 4))
on_list("setslice", lambda: l.__setitem__(slice(Clears(), 9), [7]))
on_list("delitem", lambda: l.__delitem__(Clears()))
on_list("delslice", lambda: l.__delitem__(slice(Clears(), 9)))
on_list("insert", lambda: l.insert(Clears(), 4))
on_list("pop", lambda: l.pop(Clears()))
on_list("repeat", lambda: l * Clears())
on_list("extend", lambda: l.extend(x for x in l if x != 5))
on_list("join", lambda: ",".join(map(str, l)))
on_list("set", lambda: len({1, *[Clears()]} | {x for x in l[1:2]}))
on_list("unpack", lambda: [*map(bool, l)])
on_list("map", lambda: list(map(repr, l)))
on_list("zip", lambda: len(list(zip(l, map(repr, l)))))
on_list("sum", lambda: sum(l[1:], Clears()))
e = ValueError([1], Clears(), [2])


class ClearsArguments:
    def __repr__(self):
        e.args = ()
        return "A"
    __str__ = __repr__


for _ in range(40):
    e.args = ([ClearsArguments()],)
    shown = repr(e), e.args
    e.args = ([ClearsArguments()],)
    text = str(e), e.args
    e.args = ([ClearsArguments()], [1])
    both = repr(e), e.args
print(shown, text, both)
