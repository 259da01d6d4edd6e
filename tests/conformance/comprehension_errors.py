# Exceptions inside comprehensions, in a hot loop, leave nothing behind.
def invert(values):
    return [1 / v for v in values]


def table(values):
    return {v: 10 // v for v in values}


results = []
for i in range(300):
    values = list(range(1, 10)) + ([0] if i % 7 == 0 else [])
    try:
        results.append(len(invert(values)) + len(table(values)))
    except ZeroDivisionError as error:
        results.append(str(error))
print(len(results), results[:3], results.count("division by zero"))
x = "kept"
try:
    [x for x in range(5) if x == 3 and 1 // 0]
except ZeroDivisionError:
    print(x)


def partial():
    done = []
    try:
        [done.append(v) or 10 // (v - 250) for v in range(400)]
    except ZeroDivisionError:
        return len(done), done[-1]


print(partial())


def key_errors(keys):
    lookup = {k: k * k for k in range(100)}
    found = 0
    for start in keys:
        try:
            found += sum([lookup[k] for k in range(start, start + 10)])
        except KeyError as error:
            found += error.args[0]
    return found


print(key_errors(range(0, 200)))
print([y for x in [[1, 2], [3]] for y in x], [x for x in [1, 2, 3] if (lambda v: v > 1)(x)], list(map(lambda v: [v for _ in range(v)], [1, 2])))
