# Changing a set while iterating over it raises; copies may be iterated.
for change in (lambda s, x: s.add(x + 1000), lambda s, x: s.discard(x)):
    items = set(range(400))
    seen = 0
    try:
        for item in items:
            seen += 1
            if seen == 300:
                change(items, item)
    except RuntimeError as error:
        print(error, seen, len(items))
items = set(range(300))
for item in list(items):
    if item % 2:
        items.remove(item)
    else:
        items.add(item // 2)
print(len(items), sum(items))
frontier, visited = {1}, set()
while frontier:
    visited |= frontier
    frontier = {n * m % 509 for n in frontier for m in (2, 3)} - visited
print(len(visited), sum(visited))
unique = set()
for i in range(1000):
    unique.add((i % 4, str(i % 3)))
    unique.add(i % 5 if i < 600 else float(i % 5))
print(len(unique), (3, "2") in unique, 4.0 in unique, sum(x for x in unique if not isinstance(x, tuple)))
print({1, 2, 3}.isdisjoint(iter([4])), set("abc") == set("cab"), sorted({3, 1, 2}), max({5, 9, 2}), any({0}), set([1, 1]))
