# Operands that `or` and `and` keep or drop, where their truth takes a call: both ways out of a trace.
def either(text):
    return len(text or "zero")


def both(text):
    return len(text and "one")


class Truth:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        return self.value


def of_object(value):
    return (value or None), (value and 1)


results = []
for step in range(200):
    text = "seven" if step % 2 else ""
    results.append(either(text) * 10 + both(text))
for step in range(200):
    text = "" if step % 5 else f"text{step}"
    results.append(either(text) * 10 + both(text))
for step in range(200):
    first, second = of_object(Truth(step % 3 == 0))
    results.append((first is None) * 2 + (second == 1))
for step in range(100):
    items = [step] if step % 4 else []
    results.append(len(items or (1, 2)) + len(items and [1, 2, 3]))
print(sum(results), results[::37])
