# keys, values and items are live views with set operations.
d = {"a": 1, "b": 2, "c": 3}
keys, values, items = d.keys(), d.values(), d.items()
d["d"] = 4
del d["a"]
print(keys, values, items, len(keys), "d" in keys, 4 in values, ("d", 4) in items, ("d", 5) in items)
print(sorted(keys & {"b", "x"}), sorted(keys | {"x"}), sorted(keys - {"b"}), sorted(keys ^ {"b", "x"}), keys == {"b", "c", "d"})
print(keys.isdisjoint({"q"}), sorted(items & {("b", 2)}), keys <= {"b", "c", "d", "e"}, list(reversed(items)), keys.mapping["b"])
total = 0
table = {i: i * i for i in range(200)}
view = table.values()
for i in range(20):
    for key, value in table.items():
        total += key ^ value
    total += sum(view) + max(table.keys()) + len(table.items())
    table[200 + i] = i
print(total)
inverse = {value: key for key, value in table.items()}
print(len(inverse), inverse[100], list(inverse.items())[3])
print(type(keys).__name__, type(iter(values)).__name__, d.values() == d.values(), d.keys() == d.keys())
