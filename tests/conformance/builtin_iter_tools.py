# zip, enumerate, map, filter, reversed, iter with a sentinel, next with a default.
print(list(zip([1, 2, 3], "ab")), list(zip()), list(zip([1], [2], [3])), list(enumerate("ab", start=5)), list(map(lambda a, b: a + b, [1, 2], [3, 4, 5])))
print(list(filter(None, [0, 1, "", "a", None])), list(filter(lambda x: x % 2, range(6))), list(reversed([1, 2, 3])), list(map(str, [1, 2.5])), dict(zip("ab", [1, 2])))
total = 0
for i, (a, b) in enumerate(zip(range(1000), map(lambda x: x * 2, range(1000)))):
    total += i * a - b
for x in filter(lambda v: v % 7 == 3, reversed(range(900))):
    total ^= x
print(total)
source = [3, 1, 4, 1, 5, 0, 9]
print(list(iter(lambda: source.pop(0), 0)), source, next(iter([]), "default"), sum(map(int, "12345")), [*zip(*[(1, 2), (3, 4)])])
it = iter([1, 2, 3, 4])
print(list(zip(it, it)), next(it, None))
try:
    list(zip([1, 2], [1], strict=True))
except ValueError as error:
    print(error)
lazy = map(lambda x: 10 // x, [5, 0, 2])
print(next(lazy))
try:
    next(lazy)
except ZeroDivisionError:
    print(next(lazy), next(lazy, "done"))
for make in (lambda: zip(5), lambda: map(5), lambda: list(map(5, [1])), lambda: enumerate(), lambda: reversed({1}), lambda: iter(5, 5), lambda: filter(1, 2), lambda: next([])):
    try:
        print(make())
    except TypeError as error:
        print(error)
pairs = 0
for a, b, c in zip("sidewinder" * 40, range(400), iter(lambda: pairs, -1)):
    pairs += ord(a) % 3 + b % 2
print(pairs)
