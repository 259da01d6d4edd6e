"""A mapping of keyword arguments that the call itself changes, with names that nobody else refers to."""


class Changing:
    def __new__(cls, *a, **k):
        shared.clear()
        shared.update({"other" + str(i): i for i in range(50)})
        return super().__new__(cls)

    def __init__(self, *a, **k):
        self.seen = sorted(k.items()), a


def taken(**k):
    shared.clear()
    return sorted(k.items())


total = 0
for i in range(300):
    shared = {"name" + str(i % 7): i, "value" + str(i % 5): -i}
    made = Changing(i, *[i], **shared)
    total += made.seen[0][0][1] + len(made.seen[1])
    shared = {"".join(["a", str(i)]): i}
    total += len(taken(**shared)) + len(shared)
print(total, made.seen)
