# int, bool, float and int subclasses meet at the same hot operation.
class MyInt(int):
    def __add__(self, other):
        return MyInt(int(self) + int(other) + 1)


def add_all(values):
    total = values[0]
    for value in values:
        total = total + value
    return total, type(total).__name__


print(add_all([1] * 600), add_all([True] * 600), add_all([1, True] * 300), add_all([1] * 400 + [1.0] * 100))
print(add_all([MyInt(1)] * 500), add_all([1] * 400 + [MyInt(1)] * 5 + [2] * 100), add_all([0] * 400 + [1 << 61, 1 << 61, -(1 << 62)] * 3))


def compare(values, limit):
    below = equal = 0
    for value in values:
        if value < limit:
            below += 1
        elif value == limit:
            equal += 1
    return below, equal


print(compare([1, 2, 3] * 200 + [2.0, True, 1 << 70, MyInt(2), -0.5] * 10, 2), compare([1.5, 2] * 300 + [float("nan")] * 3, 2.0), compare([1] * 300, 1 << 65))


def index(items, positions):
    total = 0
    for position in positions:
        total += items[position]
    return total


data = list(range(10))
print(index(data, [1, 2, -1] * 200 + [True, False, MyInt(3)] * 5), index((5, 6), [0, 1, -2] * 200), index("", []))
for bad in (1.0, "1", None, 1 << 70):
    try:
        index(data, [0] * 300 + [bad])
    except (TypeError, IndexError) as error:
        print(type(error).__name__, error)
truth = 0
for value in [1, 0, True, False, 0.0, 2.5, "", "a", None, [], [0], MyInt(0), MyInt(5), 1 << 70] * 60:
    if value:
        truth += 1
    if not value and value is not None:
        truth += 100
    truth += 10000 if value is True else 0
print(truth)
