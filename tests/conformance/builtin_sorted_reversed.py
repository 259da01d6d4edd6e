# sorted, list.sort, reversed and slices of many kinds of sequences.
print(sorted([3, 1, 2]), sorted("hello"), sorted({"b": 1, "a": 2}), sorted((2, 1), reverse=True), sorted([]), list(reversed("abc")), list(reversed(range(0, 10, 3))))
print(sorted([1, 2.5, True, 0]), sorted(["b", "A", "a"]), sorted(["b", "A", "a"], key=str.lower), sorted([(1, "b"), (1, "a"), (0, "z")]), sorted([[2], [1, 5], [1]]))
total = 0
for i in range(150):
    data = [(i * k * 37 + k) % 101 for k in range(12)]
    ordered = sorted(data)
    total += ordered[0] * 3 + ordered[-1] + sum(sorted(data, reverse=True)[:3]) + list(reversed(data))[0]
    data.sort(key=lambda v: -v)
    total += data[1]
print(total)
data = [5, 3, 1]
print(data.sort(), data, sorted(data, key=None), sorted(iter(data)), reversed(data).__length_hint__())
for make in (lambda: sorted([1, "a"]), lambda: sorted([None, 1]), lambda: sorted(5), lambda: [].sort(5), lambda: sorted([1], key=5), lambda: sorted([3, 1], lambda x: x), lambda: reversed(5)):
    try:
        make()
    except TypeError as error:
        print(error)
