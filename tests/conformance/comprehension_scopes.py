# Scopes of comprehensions: own variables, captured ones, classes, nested, walrus leaks.
i = "outer"
print([i for i in range(3)], i, {i: j for i, j in zip("ab", "cd")}, {i % 2 for i in range(5)}, i)
print([[i * j for j in range(3)] for i in range(3)], [(i, j) for i in range(3) for j in range(i)], [x for x in range(20) if x % 2 if x % 3])


def capture(n):
    functions = [lambda: k for k in range(n)]
    adders = [(lambda y: lambda x: x + y)(k) for k in range(n)]
    return [f() for f in functions], [a(10) for a in adders]


print(capture(3))


class C:
    size = 3
    items = [size for size in range(2)]
    first = [x for x in range(size)]


print(C.items, C.first, C.size)
total = 0
for round_number in range(60):
    limit = round_number
    total += sum([limit * x for x in range(20)]) + len({x % 7: limit for x in range(20)}) + sum(y for x in range(5) if (y := x * limit) % 2)
print(total, y)


def walrus():
    result = [last := x * 2 for x in range(400)]
    return last, len(result)


print(walrus())
print([a for a, *b in [(1, 2, 3), (4, 5)]], [b for a, *b in ["xyz"]], {**{k: v for k, v in [("p", 1)]}}, [x if x % 2 else -x for x in range(5)])
try:
    [unknown for x in [1]]
except NameError as error:
    print(error)
matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[c] for row in matrix] for c in range(3)], sum(v for row in matrix * 100 for v in row))
