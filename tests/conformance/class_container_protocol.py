# __len__, __getitem__, __setitem__, __delitem__, __contains__, __iter__, __reversed__, __bool__.
class Ring:
    def __init__(self, size):
        self.data = [0] * size

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return self.data[i % len(self.data)]

    def __setitem__(self, i, value):
        self.data[i % len(self.data)] = value

    def __delitem__(self, i):
        del self.data[i % len(self.data)]

    def __contains__(self, x):
        return x < 0 or x in self.data

    def __iter__(self):
        return iter(self.data)

    def __reversed__(self):
        return iter("reversed")


ring = Ring(7)
total = 0
for i in range(1000):
    ring[i] = ring[i - 1] + i % 5
    total += i in ring
    total += len(ring)
print(total, ring[0], list(ring) == ring.data, -5 in ring, 10 ** 9 in ring, "".join(reversed(ring)), bool(ring), bool(Ring(0)))
del ring[7]
print(len(ring), max(ring) == max(ring.data), sum(ring) == sum(ring.data))


class Old:
    def __getitem__(self, i):
        if i >= 300:
            raise IndexError
        return i * 2


print(sum(Old()), 14 in Old(), 15 in Old(), list(Old())[:3], len(list(zip(Old(), Old()))))
first, second, *rest = Old()
print(first, second, len(rest))


class Bad:
    def __len__(self):
        return -1

    def __bool__(self):
        return 1

    def __iter__(self):
        return 5

    def __contains__(self, x):
        return "yes"


for action in (lambda: len(Bad()), lambda: bool(Bad()), lambda: iter(Bad()), lambda: 1 in Bad(), lambda: object()[0], lambda: len(5), lambda: iter(5),
               lambda: 1 in object(), lambda: reversed(object())):
    try:
        print(action())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
