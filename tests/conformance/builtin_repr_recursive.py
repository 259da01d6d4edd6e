# repr of nested and recursive containers, and of containers whose elements misbehave.
items = [1]
items.append(items)
table = {"t": (items,)}
items.append(table)
print(items, table)


class Box:
    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"Box({self.value!r})"


box = Box([])
box.value.append(box.value)
print(box, [Box(1), Box("a")], Box({1: Box(2)}))


class Failing:
    def __repr__(self):
        raise ValueError("no repr")


failures = 0
for i in range(300):
    try:
        repr([1, {2: (Failing() if i % 3 == 0 else 3)}])
    except ValueError:
        failures += 1
print(failures, repr([[]] * 3), repr(({}, set(), frozenset(), (), "", b"")))
shared = [0]
pair = [shared, shared]
print(pair, repr(pair) == "[[0], [0]]")


class Mutating(list):
    def __repr__(self):
        if len(self) < 3:
            self.append(self)
        return list.__repr__(self)


print(Mutating([1]), repr(dict.fromkeys("ab")), repr({1: {2: {3: [4, (5, {6})]}}}), str([0.1, -0.0, 1e16]), [True, None, ...])
length = 0
for i in range(300):
    length += len(repr([i, str(i), (i / 2,), {i: [i]}]))
print(length)
