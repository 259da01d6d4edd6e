# Insertion order with updates, deletions, popitem, and after many changes.
d = {"b": 1, "a": 2}
d["c"] = 3
d["b"] = 10
del d["a"]
d["a"] = 20
print(d, list(d), d.popitem(), d.pop("b"), d, d.pop("zz", "none"), len(d))
table = {}
for i in range(1500):
    table[i] = i
    if i % 3 == 0:
        del table[i // 3 if i // 3 in table else i]
    if i % 7 == 0:
        table[i // 2] = -1
keys = list(table)
print(len(keys), keys[:10], keys[-5:], sum(keys), sum(table.values()))
while len(table) > 5:
    table.popitem()
print(table)
print({1: "a", **{2: "b"}, 1: "z"}, {"x": 1} | {"y": 2, "x": 3}, dict(a=1, b=2), dict([("k", 1), ("k", 2)]), dict.fromkeys("aba", 0))
print(list(reversed({1: 0, 2: 0, 3: 0})), {1: 2, 3: 4} == {3: 4, 1: 2}, {**{}}, dict(zip("ab", (1, 2))))
d |= {"new": 1}
d.update([("p", 1)], q=2)
print(d, d.get("p"), d.get("none"), d.setdefault("s", []), d.setdefault("p", 9))
for make in (lambda: d["missing"], lambda: {}.popitem(), lambda: {}.pop("x"), lambda: {[]: 1}, lambda: dict([1]), lambda: dict([(1, 2, 3)]),
             lambda: {1: 2} < {}, lambda: {} | [], lambda: d[(1, 2)], lambda: d[2.5]):
    try:
        make()
    except (KeyError, TypeError, ValueError) as error:
        print(type(error).__name__, error)
