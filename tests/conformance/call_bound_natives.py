# Bound methods of builtin types kept in a variable, and `type(x)` of values of every kind, hot.


def fill(count):
    items, pairs, table = [], set(), {}
    append, add, get, setdefault = items.append, pairs.add, table.get, table.setdefault
    for number in range(count):
        append(number)
        add(number % 7)
        setdefault(number % 5, []).append(number)
        append(get(number % 9, -1) is None)
    return len(items), sorted(pairs), sum(map(len, table.values()))


def texts(words):
    joined = "-".join
    starts = [word.startswith for word in words]
    out = []
    push = out.append
    for test in starts:
        push(test("a"))
        push(joined(words[:2]))
    return out


def wrong(call):
    try:
        return call(1, 2, 3)
    except TypeError as error:
        return str(error)


def kinds(values):
    counts = {}
    for value in values:
        kind = type(value)
        counts[kind] = counts.get(kind, 0) + 1
    return {kind.__name__: count for kind, count in counts.items()}


class Fancy(list):
    pass


def other_receivers(count):
    """One place that calls the same row with other lists, then another row."""
    first, second, third = [], Fancy(), set()
    calls = [first.append, second.append] * count + [third.add] * count
    for number, call in enumerate(calls):
        call(number)
    return len(first), len(second), len(third), type(second).__name__


for round in range(4):
    print(fill(300))
    print(texts(["ab", "b", "ac"] * 40)[:4])
    print([wrong([].append) for _ in range(100)][-1], wrong({}.get), sep="; ")
    print(kinds([1, 2.5, True, None, "a", 1 << 80, (), int, 1.5, 3] * 60))
    print(other_receivers(150))
items = []
append = items.append
append(append)
print(len(items), items[0] == append, append.__self__ is items)
