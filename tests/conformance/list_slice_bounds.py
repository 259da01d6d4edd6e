# Bounds of slices and searches beyond any machine integer.
items = list(range(10))
huge = 10 ** 400
for start in None, 2, -3, huge, -huge, 2 ** 64, -(2 ** 64), 2 ** 62, -(2 ** 62):
    for stop in None, 7, -2, huge, -huge, 2 ** 63, -(2 ** 63):
        print(start is None or start > 0, stop is None or stop > 0, items[start:stop], "abcdefghij"[start:stop], range(10)[start:stop])
print(items[::huge], items[::-huge], items[5::huge], items[huge::-1], items[-huge::-1])
print(slice(-huge, huge, 3).indices(10), slice(huge, -huge, -huge).indices(10) == (9, -1, -huge))
print(items.index(3, -huge, huge), "abc".find("b", -huge, huge), (1, 2).index(2, -huge), b"abc".count(b"b", -huge, huge))


class Index:
    def __index__(self):
        return -huge


print(items[Index():3], items[:Index()])
for _ in range(2000):
    part = items[-huge:huge]
print(part)
