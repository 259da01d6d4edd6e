# Iterators written as classes, in hot loops, some changing their behaviour.
class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(sum(Countdown(1000)), list(Countdown(4)), max(Countdown(9)), 3 in Countdown(9), [*Countdown(2)])
total = 0
countdown = Countdown(800)
for i, value in enumerate(countdown):
    total += value
    if i == 300:
        countdown.n = 100
print(total, i)
for i, value in enumerate(Countdown(600)):
    if i == 400:
        Countdown.__next__ = lambda self: (_ for _ in ()).throw(StopIteration)
        break
print(list(Countdown(5)))


class Failing:
    def __init__(self):
        self.i = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.i += 1
        if self.i == 500:
            raise KeyError("broken iterator")
        return self.i


seen = 0
try:
    for value in Failing():
        seen += value
except KeyError as error:
    print(error, seen)


class Separate:
    def __iter__(self):
        yield from range(3)


print([a * b for a in Separate() for b in Separate()], next(iter(Separate())), dict(zip(Separate(), "abc")))


class NotIterator:
    def __iter__(self):
        return object()


try:
    for _ in NotIterator():
        pass
except TypeError as error:
    print(error)
try:
    next(5)
except TypeError as error:
    print(error)
