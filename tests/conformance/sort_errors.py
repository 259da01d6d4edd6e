# Errors in keys and comparisons; the list during and after a failed sort.
data = [3, "a", 1, 2]
try:
    data.sort()
except TypeError as error:
    print(error, len(data))


def bad_key(x):
    if x == 50:
        raise ValueError("key of 50")
    return -x


data = list(range(100))
try:
    data.sort(key=bad_key)
except ValueError as error:
    print(error, data == list(range(100)))


class Explosive:
    budget = 300

    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        Explosive.budget -= 1
        if Explosive.budget < 0:
            raise RuntimeError("out of comparisons")
        return self.n < other.n


items = [Explosive(i * 37 % 101) for i in range(101)]
try:
    items.sort()
except RuntimeError as error:
    print(error, len(items), sorted(item.n for item in items) == list(range(101)))
seen = []


def spy(x):
    seen.append(len(victim))
    return x


victim = [3, 1, 2]
victim.sort(key=spy)
print(seen, victim)


def meddle(x):
    victim.append(x)
    return x


try:
    victim.sort(key=meddle)
except ValueError as error:
    print(error)
failures = 0
for i in range(150):
    mixed = [i, str(i), None] if i % 3 == 0 else [i, 0.5, True]
    try:
        mixed.sort()
    except TypeError:
        failures += 1
print(failures, sorted([[2, "a"], [1, None]]), sorted([float("inf"), -1, 10 ** 400]))
