# Slice reads, assignments and deletions, plain and extended.
items = list(range(10))
items[2:5] = ["a"]
print(items)
items[1:1] = [11, 12]
items[-1:] = []
items[:2] = "xy"
print(items)
items[::2] = [0] * len(items[::2])
print(items)
del items[1:3]
del items[::-2]
print(items)
items[:] = range(5)
items[3:1] = ["in"]
items[10:] = ["end"]
print(items, items[::-1], items[-2:], items[5:2:-1], items[:-3])
items[1:3] = items
print(items)
total = 0
buffer = list(range(20))
for i in range(600):
    buffer[i % 7:i % 7 + 2] = [i, i + 1]
    buffer[::5] = buffer[1::5]
    total += sum(buffer[i % 5::3]) + len(buffer)
    del buffer[3:3]
print(total, buffer)
for make in (lambda: items.__setitem__(slice(0, 4, 2), [1]), lambda: items.__setitem__(slice(0, 2), 5),
             lambda: items[::0], lambda: items.__setitem__(0.5, 1), lambda: items.__delitem__(100)):
    try:
        make()
    except (ValueError, TypeError, IndexError) as error:
        print(type(error).__name__, error)
