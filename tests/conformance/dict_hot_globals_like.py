# A dict used as a namespace: keys added, removed and re-added in the hot loop.
space = {"x": 0, "y": 10}
total = 0
for i in range(1200):
    space["x"] = space["x"] + space["y"]
    if i % 100 == 50:
        del space["y"]
        space["z"] = i
        space["y"] = i % 7
    if i % 300 == 299:
        space = dict(space)
    total += space["x"] + len(space)
print(total, space)
first = {"n": 1}
second = first
for i in range(500):
    first["n"] += 1
    second["n"] *= 2
    second["n"] %= 10007
print(first, first is second)
nested = {"a": {"b": {"c": 0}}}
for i in range(500):
    nested["a"]["b"]["c"] += i
    if i == 250:
        nested["a"] = {"b": {"c": 1000}}
print(nested)
lookups = [{"k": i} for i in range(5)] + [{"j": 1, "k": 50}, {"k": 2.5, "a": 1}]
total = 0
for i in range(900):
    total += lookups[i % (3 if i < 500 else 7)]["k"]
print(total)
