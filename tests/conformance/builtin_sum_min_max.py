# sum, min, max, any, all: keys, defaults, starts, ties, errors, floats.
print(sum([]), sum([1, 2], 10), sum([[1], [2]], []), sum((0.1,) * 10), sum([1, 2.5, True]), sum(range(1000)), sum([1 << 61] * 10), sum(x for x in (1e308, 1e308, -1e308)))
print(min(3, 1, 2), max([4, 9, 2]), min("hello"), max("a", "b", key=ord), min([], default=7), max([[1, 2], [1, 3]]), max([1, 1.0, True]), min(2, 2.0), max(-3, 2, key=abs))
print(any([]), all([]), any([0, "", 5]), all([1, "a", 0]), any(x > 400 for x in range(1000)), all(x < 400 for x in range(1000)))
total = 0
data = [(i * 37) % 101 for i in range(50)]
for i in range(60):
    total += sum(data) + min(data) * max(data) + max(data, key=lambda x: -x) + min(i, 30) - max(i, 30, 2)
    data[i % 50] = i if i != 40 else 0.5
print(total)
calls = []


def key(x):
    calls.append(x)
    return x % 10


print(max([13, 29, 8, 19], key=key), min([13, 3], key=key), calls)
for make in (lambda: sum(["a"]), lambda: sum(["a"], ""), lambda: sum(5), lambda: min([]), lambda: max(), lambda: max(5), lambda: min(1, "a"), lambda: max(1, 2, default=3),
             lambda: sum([1], [2]), lambda: any(5), lambda: min([1], key=5)):
    try:
        print(make())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
