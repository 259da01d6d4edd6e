# The iterable, the iterator's class or the sequence changes under a hot for loop.
class Source:
    def __init__(self, limit):
        self.limit, self.i = limit, 0

    def __iter__(self):
        return self

    def __next__(self):
        self.i += 1
        if self.i > self.limit:
            raise StopIteration
        return self.i


class Negative(Source):
    def __next__(self):
        self.i += 2
        if self.i > self.limit:
            raise StopIteration
        return -self.i


source = Source(1000)
total = 0
for value in source:
    total += value
    if value == 500:
        source.__class__ = Negative
print(total, source.i)
total = 0
items = list(range(400))
for item in items:
    if item == "stop":
        break
    total += item
    if item == 200:
        items[:] = items[:250]
    if item == 210:
        items.extend([0.5] * 20)
    if item == 0.5 and len(items) < 300:
        items.append("stop") if len(items) == 280 else items.append(1)
    if isinstance(total, float) and total > 21100:
        total = 0
print(total, len(items))


def drive(iterables):
    total = 0
    for iterable in iterables:
        for x in iterable:
            total += x
    return total


print(drive([[1, 2, 3]] * 200 + [(4, 5)] * 50 + [range(10)] * 30 + [{7: 8}] * 5 + [{9}, Source(20), (y for y in range(5)), b"ab", map(abs, [-1, -2]), Negative(10)]))
shared = iter(range(1000))
total = steps = 0
for x in shared:
    steps += 1
    total += x
    if x % 3 == 0:
        total -= next(shared, 0)
    if x % 100 == 7:
        for y in shared:
            total += y
            if y % 5 == 0:
                break
print(total, steps)


class Seq:
    def __init__(self):
        self.data = list(range(300))

    def __getitem__(self, i):
        if i == 250:
            self.data.clear()
        return self.data[i]


print(sum(Seq()))
