# Loops whose traces return to callers, into other loops, and back; what dies on the way is seen to die.
deaths = []


class Tracked:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        deaths.append(self.name)


def first_above(items, limit):
    marker = Tracked(limit)
    for item in items:
        if item > limit:
            return item
    return -1


def total(items, rounds):
    result = 0
    for round in range(rounds):
        result += first_above(items, round % 9)
    return result


def other(items, rounds):
    result = 0.5
    while rounds:
        rounds -= 1
        result += first_above(items, rounds % 7) * 2
        if first_above(items, 100) != -1:
            return "never"
    return result


items = list(range(12))
print(total(items, 900), other(items, 600), len(deaths), deaths[:5], deaths[-5:])


def find(rows, wanted):
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell == wanted:
                return y, x
    return None


rows = [[y * 10 + x for x in range(8)] for y in range(8)]
seen = [find(rows, n) for n in range(80)]
for _ in range(30):
    assert [find(rows, n) for n in range(80)] == seen
print(seen[:12], seen.count(None))


def countdown(n):
    while n > 0:
        n -= 1
        if n % 50 == 49:
            yield_value = countdown_inner(n % 5)
    return n


def countdown_inner(n):
    while n:
        n -= 1
    return n


print([countdown(n) for n in range(0, 2000, 111)])


def raising(items, at):
    for index, item in enumerate(items):
        if index == at:
            raise ValueError(item)
    return at


caught = 0
for n in range(700):
    try:
        caught += raising(items, n % 20)
    except ValueError as error:
        caught += error.args[0] * 1000
print(caught)
