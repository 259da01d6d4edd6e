# Equal numbers hash alike, whatever their type; floats as dict keys.
for value in (0, 1, -1, 2 ** 31, 2 ** 53 - 1, 2 ** 61, -(2 ** 61), 2 ** 80, 10 ** 20):
    print(value, hash(value), hash(value) == hash(float(value)))
print(hash(0.5), hash(-0.5), hash(0.1), hash(1e300), hash(float("inf")), hash(float("-inf")), hash(-0.0))
table = {}
for i in range(1000):
    key = i % 50 / 2
    table[key] = table.get(key, 0) + 1
    if key == int(key):
        table[int(key)] += 1
print(len(table), sum(table.values()), table[3], table[3.0], table[0.5])
print([type(key).__name__ for key in list(table)[:4]])
print({1: "int"} == {1.0: "int"}, {1, 1.0, True}, {0.0: 1, -0.0: 2})
print(hash((1, 2.0)) == hash((1.0, 2)), hash(-1), hash(-2), hash(-1.0))
