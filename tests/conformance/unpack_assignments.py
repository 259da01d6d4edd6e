# Unpacking: nested, starred, swaps, evaluation order, errors.
a, (b, *c), d = 1, (2, 3, 4), 5
[e, f] = "xy"
*g, h = range(4)
i, *j = [9]
print(a, b, c, d, e, f, g, h, i, j)
x = [0, 1, 2]
k = 0
k, x[k] = 2, "set"
print(k, x)
a, b, c = 1, 2, 3
for n in range(1000):
    a, b, c = b, c, (a + b) % 1009
    if n % 3 == 0:
        a, b = b, a
print(a, b, c)
total = 0
rows = [(n, (n + 1, n + 2), [n, n, n]) for n in range(300)]
for first, (second, third), (fourth, *rest) in rows:
    total += first * second - third + fourth + len(rest)
print(total)
count = 0
data = [(1, 2)] * 500 + [(1, 2, 3)] + [(5, 6)] * 100
try:
    for p, q in data:
        count += p + q
except ValueError as error:
    print(error, count)


def two(v):
    p, q = v
    return p, q


def star(v):
    p, *q, r = v
    return p, q, r


for value in ((1, 2), [1], (), "abc", {1: 2, 3: 4}, range(2), (n for n in (7, 8)), 5, None, {1, 2, 3}):
    for function in (two, star):
        try:
            print(function.__name__, function(value))
        except (ValueError, TypeError) as error:
            print(function.__name__, type(error).__name__, error)
x = y = z = []
x.append(1)
print(y, z is x)
