"""`a or b` and `a and b` in hot loops where the truth of the operand is asked from its type and changes."""


class Maybe:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        return self.value > 2


def either(items):
    total = 0
    for item in items:
        total += int(item[1:] or 0)
    return total


def both(items):
    total = 0
    for item in items:
        total += len((item[1:] and item) or "none")
    return total


def objects(values):
    total = 0
    for value in values:
        kept = value or None
        total += 1 if kept is None else kept.value
        kept = value and value.value
        total += kept if isinstance(kept, int) else 100
    return total


for _ in range(60):
    text = either(["i5", "a", "i", "b7", "c"])
    data = either([b"i5", b"a", bytearray(b"i"), bytearray(b"b7"), b"c"])
    pairs = both(["i5", "a", "i", "b7", "c"])
    made = objects([Maybe(n) for n in range(6)])
print(text, data, pairs, made)

total = 0
for _ in range(300):
    for item in ("i5", "a"):
        total += int(item[1:] or 0)
print(total)
