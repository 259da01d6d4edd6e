# List elements change type while a hot loop reads them.
def total_of(items):
    total = 0
    for item in items:
        total = total + item
    return total


print(total_of([1] * 500), total_of([1] * 500 + [0.5] * 100), total_of([True] * 300 + [1 << 61] * 4))
print(total_of([0.5] * 400 + [1 << 70] + [1] * 10), total_of(range(500)))
data = [1] * 300
data[250] = "text"
try:
    print(total_of(data))
except TypeError as error:
    print(error)


def kinds(items):
    result = {}
    for item in items:
        name = type(item).__name__
        result[name] = result.get(name, 0) + 1
    return result


mixed = []
for i in range(800):
    mixed.append([i, i / 2, str(i), None, (i,), [i], {i}, True][i % 8 if i > 400 else 0])
print(kinds(mixed))
for i in range(len(mixed)):
    mixed[i] = i if isinstance(mixed[i], (str, type(None))) else 2.5
print(kinds(mixed), sum(mixed))
