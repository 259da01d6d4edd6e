# Slices taken and assigned at once, ranges, and pairs of enumerate and zip in hot loops.
def slices(rounds):
    items = list(range(20))
    out = 0
    for i in range(rounds):
        a, b = i % 23 - 11, i % 17 - 8
        part = items[a:b:1 + i % 3]
        out += len(part) + sum(part)
        out += sum(items[::-1][:a]) - len(items[b::-2])
        items[a:b] = items[b:a][:5]
        if len(items) < 12:
            items[len(items):] = range(12)
        items[:] = items[:40]
    return out, items


print(slices(1500))
alias = [1, 2, 3, 4]
for _ in range(200):
    alias[1:3] = alias
    alias[4:] = []
print(alias)
for bad in (lambda a: a[1:2:0], lambda a: a.__setitem__(slice(0, 1), 5), lambda a: a["x":]):
    for _ in range(100):
        try:
            bad([1, 2, 3])
        except (TypeError, ValueError) as error:
            message = f"{type(error).__name__}: {error}"
    print(message)


def pairs(rounds):
    out = 0
    for _ in range(rounds):
        growing = [1, 2, 3]
        for index, value in enumerate(growing):
            if index < 4:
                growing.append(value + index)
            out += index * value
        for a, b in zip(growing, range(100)):
            out += a - b
        for a, b in zip(range(3), growing):
            out += a * b
        once = iter(growing)
        for a, b in zip(once, once):
            out += a * 10 + b
    return out


print(pairs(300))
for index, value in enumerate("abc", 2 ** 62):
    print(index, value, end=" ")
print()
for n in range(300):
    try:
        for a, b in zip([1, 2, 3], [1, 2], strict=True):
            last = a, b
    except ValueError as error:
        message = str(error)
print(last, message)
big = 0
for n in range(2 ** 70, 2 ** 70 + 300):
    big ^= n
print(big, sum(len(range(n, n * 2, 3)) for n in range(600)))
powers = [round(x ** -1.5 + x ** 0.5, 6) for x in (0.25, 2.0, 9.0, 1e6) for _ in range(150)]
print(sum(powers))
for bad in (0.0, -1.0, 1e300):
    try:
        print(bad ** -1.5 if bad < 1 else bad ** 2.5)
    except (ZeroDivisionError, OverflowError) as error:
        print(type(error).__name__, error)
