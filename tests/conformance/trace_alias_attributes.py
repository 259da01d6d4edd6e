# Attributes changed through another name of the same object while a hot loop caches them.
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def run(a, b, rounds):
    total = 0
    for i in range(rounds):
        a.x = i
        b.x += 1
        total += a.x
        b.y = a.x + b.x
        total -= a.y
        c = a if i % 97 == 0 else b
        c.x = 0
        total += a.x * 3 + b.x
    return total


p, q = Point(1, 2), Point(3, 4)
print(run(p, q, 1000), run(p, p, 1000), vars(p), vars(q))


def touch(o):
    o.x += 10
    return o


def through_call(a, rounds):
    total = 0
    for i in range(rounds):
        a.x = i
        touch(a)
        total += a.x
        a.__dict__["x"] = -1
        total += a.x
    return total


print(through_call(p, 800))


def lists(a, b, rounds):
    total = 0
    for i in range(rounds):
        n = len(a)
        b.append(i)
        total += len(a) - n
        if len(a) > 50:
            b.clear()
        total += len(a)
    return total


shared = []
print(lists(shared, shared, 700), lists([], [], 700))


def dictionaries(a, b, rounds):
    total = 0
    for i in range(rounds):
        a["k"] = i
        b["k"] = b.get("k", 0) * 2
        total += a["k"]
        del b["k"]
        total += "k" in a
    return total


table = {}
print(dictionaries(table, table, 600), dictionaries({}, {}, 600))
