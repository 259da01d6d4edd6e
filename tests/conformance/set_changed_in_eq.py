"""An element whose __eq__ changes the set that is being searched: every operation with every change."""


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
ks = [K(i) for i in (1, 3, 2)] + [K(5, 2), K(6, 9)]
def mk(): return set(ks)
muts = {
 "clear": lambda d: d.clear(),
 "pop": lambda d: d.pop(),
 "pop3": lambda d: [d.pop() for _ in range(min(3, len(d)))],
 "grow": lambda d: d.update(range(100, 200)),
 "shrink": lambda d: (d.clear(), d.add(7)),
 "rebuild": lambda d: (d.clear(), [d.add(K(i)) for i in (7, 2, 8)]),
 "insert": lambda d: d.add(K(44)),
 "discard": lambda d: d.discard(ks[0]),
 "discins": lambda d: (d.discard(ks[0]), d.add(K(55))),
 "discins2": lambda d: (d.discard(ks[1]), d.add(K(2))),
 "discall": lambda d: [d.discard(k) for k in ks],
}
ops = {
 "in": lambda d: K(2) in d,
 "add": lambda d: d.add(K(2)),
 "addnew": lambda d: d.add(K(99)),
 "discard": lambda d: d.discard(K(2)),
 "remove": lambda d: d.remove(K(2)),
 "removemiss": lambda d: d.remove(K(99)),
 "update": lambda d: d.update([K(2), K(97)]),
 "updateset": lambda d: d.update({K(2), K(97)}),
 "or": lambda d: len(d | {K(2), K(97)}),
 "and": lambda d: len(d & {K(2), K(97)}),
 "sub": lambda d: len(d - {K(2), K(97)}),
 "xor": lambda d: len(d ^ {K(2), K(97)}),
 "iand": lambda d: len(d.__iand__({K(2), K(97)})),
 "isub": lambda d: len(d.__isub__({K(2), K(97)})),
 "ixor": lambda d: len(d.__ixor__({K(2), K(97)})),
 "inter": lambda d: len(d.intersection([K(2), K(97)])),
 "interself": lambda d: len({K(2), K(97)}.intersection(d)),
 "diff": lambda d: len(d.difference([K(2), K(97)])),
 "symm": lambda d: len(d.symmetric_difference([K(2), K(97)])),
 "diffupd": lambda d: d.difference_update([K(2), K(97)]),
 "interupd": lambda d: d.intersection_update([K(2), K(97)]),
 "symmupd": lambda d: d.symmetric_difference_update([K(2), K(97)]),
 "le": lambda d: {K(2), K(97)} <= d,
 "ge": lambda d: d >= {K(2), K(97)},
 "eq": lambda d: d == {K(1), K(2), K(3), K(5,2), K(6,9)},
 "eq2": lambda d: {K(1), K(2), K(3), K(5,2), K(6,9)} == d,
 "disj": lambda d: d.isdisjoint([K(97), K(2)]),
 "subset": lambda d: {K(2), K(97)}.issubset(d),
 "superset": lambda d: d.issuperset([K(2), K(97)]),
 "frozen": lambda d: len(frozenset(d)),
}
def run():
    lines = []
    for pre in (0, 1):
      for on, op in ops.items():
        summary = 0
        for mn, mut in muts.items():
            for delay in (0, 1, 2, 4):
                d = mk()
                if pre: d.add(x := K(77)); d.discard(x); d.discard(ks[0])
                K.log = 0
                cnt = [delay]
                def act():
                    if cnt[0]: cnt[0] -= 1; K.act = act; return
                    mut(d)
                K.act = act
                try: r = op(d)
                except (RuntimeError, KeyError) as e: r = type(e).__name__ + str(e)
                K.act = None
                shown = repr((pre, on, mn, delay, r, K.log, sorted(map(repr, d))[:5], len(d)))
                summary = (summary * 31 + sum(map(ord, shown))) % 1000003
                if mn == "clear" and delay == 2: lines.append(shown)
        lines.append((on, summary))
    return lines


first = run()
print(*first, sep="\n")
print(all(run() == first for _ in range(2)))
