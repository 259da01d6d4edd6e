# __del__ inside a hot loop changes a global that the same loop reads.
state = 0
history = []


class Bump:
    def __init__(self, by):
        self.by = by

    def __del__(self):
        global state
        state += self.by


def run(rounds):
    total = 0
    for i in range(rounds):
        before = state
        temporary = Bump(i % 3)
        temporary = None
        total += state - before
        Bump(1)
        total += state
    return total


print(run(800), state)


class Patch:
    def __init__(self, i):
        self.i = i

    def __del__(self):
        global step
        if self.i == 500:
            step = lambda x: x + 100


def step(x):
    return x + 1


value = 0
for i in range(1000):
    p = Patch(i)
    value = step(value)
print(value)
items = []


class Shrink:
    def __del__(self):
        items.append(len(items))


total = 0
for i in range(400):
    x = Shrink()
    total += len(items)
    x = 5
    total -= len(items)
print(total, len(items))


class Grower(list):
    def __del__(self):
        history.append(len(self))


for i in range(300):
    g = Grower(range(i % 5))
del g
print(len(history), sum(history))
