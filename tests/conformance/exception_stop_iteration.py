# StopIteration as a value, its escape from generators, and from __next__ in for loops.
def returns(value):
    return value
    yield


def escapes():
    next(iter([]))
    yield 1


try:
    next(returns(42))
except StopIteration as stop:
    print(stop.value, stop.args)
try:
    list(escapes())
except RuntimeError as error:
    print(error, repr(error.__cause__))
total = 0
for i in range(600):
    try:
        next(returns(i))
    except StopIteration as stop:
        total += stop.value
print(total)


class Custom:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration("finished", 1)
        self.n -= 1
        return self.n


class Sub(StopIteration):
    pass


def raises_sub():
    raise Sub


class Odd:
    def __getitem__(self, i):
        if i == 400:
            raise StopIteration
        return i


print(sum(Custom(500)), sum(Odd()), list(iter(lambda: 1 if total else 2, 1)), next(Custom(0), "default"))
print([x for x in map(lambda v: v if v < 3 else raises_sub(), range(10))], StopIteration(5).value, StopIteration().value)
try:
    raise Sub(1, 2)
except StopIteration as stop:
    print(stop.value, stop.args)
