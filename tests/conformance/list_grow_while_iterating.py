# A list that grows or shrinks during the loop over it.
items = [1, 2, 3]
steps = 0
for item in items:
    steps += 1
    if len(items) < 800:
        items.append(item + 1)
print(steps, len(items), sum(items))
items = list(range(1000))
seen = []
for item in items:
    seen.append(item)
    items.remove(item)
print(len(seen), seen[:4], len(items))
items = list(range(400))
total = 0
for item in items:
    total += item
    if item == 200:
        del items[:]
print(total, items)
items = list(range(300))
for i, item in enumerate(items):
    if i == 100:
        items[101:] = ["x", "y"]
print(i, item, len(items))
iterator = iter(items)
consumed = sum(1 for _ in iterator)
items.append("late")
print(consumed, next(iterator, "exhausted stays exhausted"), iterator.__length_hint__())
for item in reversed(items):
    items.append(0)
    if len(items) > 300:
        break
print(len(items))
