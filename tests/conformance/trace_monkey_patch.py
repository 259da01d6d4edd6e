# Patches made by the code that is being run: class, module and builtin functions, special methods.
import math


class Number:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Number(self.n + other.n)

    def __lt__(self, other):
        return self.n < other.n

    def __len__(self):
        return self.n % 5

    def __getitem__(self, i):
        return self.n + i


def patched_add(self, other):
    return Number(self.n - other.n)


def run(rounds, at, change):
    value, one = Number(0), Number(1)
    total = 0
    for i in range(rounds):
        if i == at:
            change()
        value = value + one
        total += value.n + len(value) + value[i % 3] + (one < value) + math.floor(i / 2)
    return total


original = dict(vars(Number))
floor = math.floor
print(run(600, -1, None))
for name, function in (("__add__", patched_add), ("__lt__", lambda a, b: 50), ("__len__", lambda self: 3), ("__getitem__", lambda self, i: -i), ("__init__", lambda self, n: setattr(self, "n", n % 10))):
    print(name, run(600, 300, lambda: setattr(Number, name, function)))
    setattr(Number, name, original[name])
print(run(600, 450, lambda: setattr(math, "floor", lambda x: 7)))
math.floor = floor
print(run(600, 450, lambda: setattr(Number, "n", property(lambda self: 4, lambda self, v: None))))
del Number.n
try:
    run(600, 450, lambda: delattr(Number, "__add__"))
except TypeError as error:
    print(error)
Number.__add__ = original["__add__"]
try:
    run(600, 450, lambda: delattr(Number, "__len__"))
except TypeError as error:
    print(error)
