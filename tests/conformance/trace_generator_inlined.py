# Generators driven by hot loops: chains, early ends, two consumers, errors, and what they keep alive.
def numbers(n):
    for i in range(n):
        yield i


def squares(source):
    for value in source:
        yield value * value


def odd(source):
    for value in source:
        if value & 1:
            yield value


print(sum(numbers(3000)), sum(v for v in squares(odd(numbers(3000)))))
total = 0
for value in squares(odd(numbers(3000))):
    total += value
print(total)


def first(source, limit):
    for value in source:
        if value > limit:
            return value


print([first(squares(numbers(100)), n) for n in range(0, 3000, 250)])
shared = numbers(2000)
left = right = 0
for value in shared:
    left += value
    if value % 3 == 0:
        right += next(shared, 0)
print(left, right, list(shared))


def failing(n):
    for i in range(n):
        if i == 900:
            raise KeyError(i)
        yield i


seen = 0
try:
    for value in failing(2000):
        seen += value
except KeyError as error:
    print("KeyError", error.args, seen)


class Kept:
    alive = 0

    def __init__(self):
        Kept.alive += 1

    def __del__(self):
        Kept.alive -= 1


def holding(n):
    for i in range(n):
        kept = Kept()
        yield i


peak = 0
for value in holding(1500):
    peak = max(peak, Kept.alive)
print(peak, Kept.alive)
unfinished = holding(1500)
for value in unfinished:
    if value == 1000:
        break
print(Kept.alive)
del unfinished
print(Kept.alive)


def handled(n):
    for i in range(n):
        try:
            if i % 5 == 0:
                raise ValueError(i)
            yield i
        except ValueError as error:
            yield -error.args[0]
        finally:
            total_finally.append(i)


total_finally = []
print(sum(handled(1000)), len(total_finally))


def echo(n):
    received = 0
    for i in range(n):
        got = yield received
        received += got if got is not None else 1
    return received


source = echo(1000)
result = 0
for value in source:
    result += value
print(result)
source = echo(1000)
next(source)
print(sum(source.send(n) for n in range(900)))


def delegating(n):
    for i in range(n):
        yield from numbers(i % 4)
        yield from [i, i]


print(sum(delegating(500)))
