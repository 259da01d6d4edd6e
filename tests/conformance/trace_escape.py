# Short-lived objects that usually stay inside the loop but sometimes escape or fail.
kept = []


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    def norm(self):
        return self.x * self.x + self.y * self.y


def run(rounds):
    position = Vector(0, 0)
    velocity = Vector(1, 2)
    total = 0
    for i in range(rounds):
        middle = position + velocity * 2
        position = middle + Vector(i % 3, -1)
        if i % 250 == 249:
            kept.append(middle)
            kept.append((position, middle))
        if i == 600:
            velocity = Vector(0.5, 1.5)
        total += position.norm() % 7
    return total, position.x, position.y


print(run(1000), [v.x for v in kept[::2]], [a[1] is b for a, b in zip(kept[1::2], kept[::2])])


def tuples(rounds):
    state = (0, 1, "a")
    log = []
    for i in range(rounds):
        a, b, c = state
        state = (b, a + b & 0xFFFF, c)
        if i % 300 == 299:
            log.append(state)
            state = (a, b, c + "b")
    return state, log


print(tuples(1000))


def closures(rounds):
    total = 0
    saved = []
    for i in range(rounds):
        f = lambda x: x + i
        total += f(1)
        if i % 200 == 0:
            saved.append(f)
    i = 5
    return total, [f(0) for f in saved]


print(closures(900))


def failing(rounds):
    for i in range(rounds):
        box = [i, [i]]
        try:
            box[1][0] = 10 // (i - 500)
        except ZeroDivisionError:
            return box


print(failing(900))
