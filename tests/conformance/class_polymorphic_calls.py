# One call site sees two, then four, then six receiver types.
class A:
    def f(self, x):
        return x + 1


class B(A):
    def f(self, x):
        return x * 2


class C(A):
    pass


class D:
    def __getattr__(self, name):
        return lambda x: len(name) + x


class E:
    f = staticmethod(lambda x: -x)


class F:
    def __init__(self):
        self.f = abs


def drive(objects, rounds):
    x = 1
    for i in range(rounds):
        x = objects[i % len(objects)].f(x) % 10007
    return x


a, b, c, d, e, f = A(), B(), C(), D(), E(), F()
print(drive([a], 500), drive([a, b], 500), drive([a, b, c], 500), drive([a, b, c, d], 600), drive([a, b, c, d, e, f], 900))
print(drive([f, e, d, c, b, a], 900), drive([a, a, a, a, a, a, a, a, b], 900))
A.f = lambda self, x: x + 100
print(drive([a, b, c], 500))
f.f = lambda x: x - 1
print(drive([f, b], 500))
shapes = [(1, 2), [3, 4], "ab", {0: 5}, range(6, 9), b"xy"]
total = 0
for i in range(900):
    item = shapes[i % (i // 150 + 1)]
    value = item[0]
    total += len(item) + (value if isinstance(value, int) else ord(value))
print(total)
