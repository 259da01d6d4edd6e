# slice objects, indices(), and classes that receive slices.
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, slice(5), slice(None), s == slice(1, 10, 2), s.indices(6), slice(None, None, -1).indices(5))
print(slice(-3, None).indices(10), slice(100, -100, -3).indices(10), [0, 1, 2, 3, 4, 5][s], "abcdef"[slice(-3, None)], (1, 2, 3)[slice(2)])


class Recorder:
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        self.last = (key, value)

    def __delitem__(self, key):
        self.last = ("del", key)


r = Recorder()
print(r[1], r[1:2], r[::], r[1:2, ::3], r[..., 0], r["a":"b"], r[()], r[1:2:3])
r[5:] = "v"
print(r.last)
del r[:, 1]
print(r.last)


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


items = list(range(50))
total = 0
for i in range(600):
    total += len(items[Index(i % 10):Index(40):1 + i % 3]) + items[Index(-1 - i % 50)]
    total += len(r[i:i + 2].indices(i % 7))
print(total, items[Index(1):Index(3)], hash(slice(1, 2)) == hash(slice(1, 2)))
for make in (lambda: items[slice(1, 2, 0)], lambda: items[1.0:], lambda: slice(), lambda: slice(1, 2) < slice(0)):
    try:
        print(make())
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
