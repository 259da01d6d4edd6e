"""Generators that traces follow: ends, `yield from`, `enumerate`, in hot loops and in rare turns."""


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
    return n


def short(n):
    yield n
    yield n + 1
    return "end"


# The end of a generator inside a hot loop.
def sums(rounds):
    total = 0
    for i in range(rounds):
        for value in short(i):
            total += value
    return total


print(sums(600))


# `yield from` a generator, a list, a tuple, a range, and what it gives at the end.
def delegate(source):
    result = yield from source
    yield result


def delegated(make, rounds):
    total = 0
    last = None
    for i in range(rounds):
        for value in delegate(make(i)):
            if isinstance(value, int):
                total += value
            last = value
    return total, last


print(delegated(short, 250))
print(delegated(lambda i: [i, i + 1], 250))
print(delegated(lambda i: (i, i + 1), 250))
print(delegated(lambda i: range(i, i + 3), 250))
print(delegated(lambda i: iter("ab"), 500))


# Values sent through a delegation.
def echo():
    received = []
    while len(received) < 3:
        received.append((yield len(received)))
    return received


def through():
    return (yield from echo())


def sent(rounds):
    seen = None
    for i in range(rounds):
        generator = through()
        next(generator)
        try:
            generator.send(i)
            generator.send(None)
            generator.send("x")
        except StopIteration as stop:
            seen = stop.value
    return seen


print(sent(500))


# A deep chain.
def nested(depth, n):
    if depth == 0:
        for i in range(n):
            yield i
    else:
        yield from nested(depth - 1, n)


print(sum(value for value in nested(20, 200)))
total = 0
for value in nested(5, 5000):
    total += value
print(total)


# A tree walked by recursive generators.
def tree(depth):
    return None if depth == 0 else (tree(depth - 1), depth, tree(depth - 1))


def walk(node):
    if node is not None:
        left, value, right = node
        yield from walk(left)
        yield value
        yield from walk(right)


root = tree(10)
print(sum(value for value in walk(root)))
checksum = 0
for value in walk(root):
    checksum = (checksum * 3 + value) % 1000003
print(checksum)


# `enumerate` over a generator.
def enumerated(n, start):
    checksum = 0
    for index, value in enumerate(count(n), start):
        checksum = (checksum * 31 + index * value) % 1000003
    return checksum, index, value


print(enumerated(600, 0))
print(enumerated(600, -5))
print(enumerated(3, 2 ** 62 - 1))
print(enumerated(3, 2 ** 60 - 1))
print(enumerated(3, 2 ** 70))

# The targets keep their values when the generator ends or raises.
index = value = "untouched"
for index, value in enumerate(count(0)):
    pass
print(index, value)


def raising(n):
    for i in range(n):
        yield i
    raise ValueError(n)


for n in (3, 600):
    try:
        for index, value in enumerate(raising(n)):
            pass
    except ValueError as error:
        print(index, value, error, error.__traceback__.tb_lineno == error.__traceback__.tb_next.tb_lineno)


# An `enumerate` that others step, too.
walker = enumerate(count(10))
for index, value in walker:
    print(index, value, next(walker, None), end=" ")
print()


# The old values are released in order, when the new ones are there.
class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, end=" ")


def noisy(n):
    for i in range(n):
        yield Noisy(i)


index, value = Noisy("index"), Noisy("value")
for index, value in enumerate(noisy(3)):
    print("body", index, end=" ")
del value
print()


# A generator that resumes itself, or the loop's own iterator.
def selfish(holder):
    for i in range(300):
        if i == 500:
            try:
                next(holder[0])
            except ValueError as error:
                yield str(error)
        yield i


holder = []
generator = enumerate(selfish(holder))
holder.append(generator)
texts = []
for index, value in generator:
    if isinstance(value, str):
        texts.append((index, value))
print(texts, index, value)


# Break, close, and what runs then.
def careful(log):
    try:
        for i in range(1000000):
            yield i
    finally:
        log.append("closed")


def breaks(rounds):
    log = []
    for i in range(rounds):
        for index, value in enumerate(careful(log)):
            if index == 3:
                break
        for value in delegate(careful(log)):
            if value == 2:
                break
    return len(log), value


print(breaks(700))


# The state of a generator while a loop drives it.
def watched():
    for i in range(400):
        yield generator.gi_running


generator = watched()
states = set()
for state in generator:
    states.add((state, generator.gi_running, generator.gi_frame is not None))
print(states, generator.gi_running, generator.gi_frame)


# Handled exceptions on both sides.
def handling(n):
    for i in range(n):
        try:
            raise KeyError(i)
        except KeyError:
            yield i


def in_handler(rounds):
    total = 0
    try:
        raise IndexError("outer")
    except IndexError:
        for index, value in enumerate(handling(rounds)):
            total += value
        for value in delegate(count(rounds)):
            total += value
        try:
            raise
        except IndexError as error:
            return total, str(error)


print(in_handler(900))


# One body, resumed by different consumers in turn.
def consumers(rounds):
    total = 0
    for i in range(rounds):
        generator = count(6)
        total += next(generator)
        for value in generator:
            total += value
            break
        for index, value in enumerate(generator):
            total += index * value
            if index == 1:
                break
        total += sum(generator)
        for value in delegate(generator):
            total += 1 if value is None else 100
    return total


print(consumers(1200))
