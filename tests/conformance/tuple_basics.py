# Tuples: literals, concatenation, comparison, hashing, immutability, packing.
t = 1, "a", 2.5
print(t, (), (1,), t + (4,), t * 2, t[1], t[-1], t[1:], t[::-1], len(t), "a" in t, t.index(2.5), t.count(1))
print((1, 2) < (1, 3), (1,) < (1, 0), (1, "a") == (1.0, "a"), hash((1, 2)) == hash((1.0, 2)), tuple("ab"), tuple([1]))
a, b = 1, 2
for i in range(1000):
    a, b = b, (a + b) % 1009
print(a, b)
memo = {}
for i in range(900):
    key = (i % 10, i % 7)
    memo[key] = memo.get(key, 0) + i
print(len(memo), memo[3, 4], memo[(0, 0)], (9, 6) in memo, max(memo.values()))
total = 0
for i in range(800):
    pair = (i, i * 2)
    x, y = pair
    total += x - y + pair[0] + len(pair) + (pair == (i, 2 * i))
print(total)
t = ([1], 2)
t[0].append(5)
print(t)
try:
    t[0] += [6]
except TypeError as error:
    print(error, t)
for make in (lambda: hash(([],)), lambda: (1,)[3], lambda: (1,).index(2), lambda: (1,) + [2], lambda: (1, 2) < (1, "a")):
    try:
        make()
    except (TypeError, IndexError, ValueError) as error:
        print(type(error).__name__, error)
