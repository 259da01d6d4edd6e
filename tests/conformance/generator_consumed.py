"""Native functions that walk a generator to its end, or to an item that decides: what happens in between is seen."""


def count(n):
    for i in range(n):
        yield i


def each(make, rounds):
    result = None
    for i in range(rounds):
        result = make(i)
    return result


print(each(lambda i: list(count(i % 7)), 400))
print(each(lambda i: tuple(count(i % 7)), 400))
print(each(lambda i: sorted(set(x % 3 for x in count(i % 7))), 400))
print(each(lambda i: sorted(frozenset(str(x) for x in count(i % 7))), 400))
print(each(lambda i: sorted(-x for x in count(i % 7)), 400))
print(each(lambda i: ",".join(str(x) for x in count(i % 7)), 400))
print(each(lambda i: sum(x * i for x in count(i % 7)), 400))
print(each(lambda i: sum(x * 0.1 for x in count(i % 7)), 400))
print(each(lambda i: min(abs(x - 3) for x in count(i % 7 + 1)), 400))
print(each(lambda i: max(abs(x - 3) for x in count(i % 7 + 1)), 400))
print(each(lambda i: any(x > 5 for x in count(i % 9)), 400))
print(each(lambda i: all(x < 5 for x in count(i % 9)), 400))
print(each(lambda i: max(x * 0.5 for x in count(i % 7 + 1)), 400))
print(each(lambda i: min(str(x) for x in count(i % 7 + 1)), 400))

# Long ones.
print(sum(count(4000)), len(list(count(4000))), max(count(4000)), all(x >= 0 for x in count(4000)))
print(sum(x << 50 for x in count(3000)), sum(1 << x for x in count(100)))
print(sum(x if x % 1000 else 0.5 for x in count(1500)))
print(sum(True for x in count(3000)), sum([x] == [5] for x in count(3000)))
print(len(set(x % 100 for x in count(1500))), len(set((x % 10, x % 3) for x in count(5000))))
print(len("".join("ab" for x in count(1500))))
print(max(x * 1.5 if x % 2 else x for x in count(1500)), min(-x for x in count(5000)))

# Nothing at all.
print(list(count(0)), tuple(count(0)), set(count(0)), sum(count(0)), any(count(0)), all(count(0)))
for empty in (min, max):
    try:
        empty(count(0))
    except ValueError as error:
        print(error)

# A generator that has begun already, and what is left of it.
generator = count(10)
print(next(generator), any(x == 4 for x in generator), list(generator), list(generator), generator.gi_frame)
generator = count(10)
print(any(generator), generator.gi_frame.f_lineno, all(generator), list(generator))

# An object whose methods are asked for while the generator is suspended.
states = []


class Odd:
    def __init__(self, value):
        self.value = value

    def note(self, name):
        if len(states) < 12:
            states.append((name, self.value, generator.gi_running))

    def __hash__(self):
        self.note("hash")
        return self.value

    def __eq__(self, other):
        self.note("eq")
        return self.value == other.value

    def __bool__(self):
        self.note("bool")
        return self.value % 2 == 0

    def __lt__(self, other):
        self.note("lt")
        return self.value < other.value

    def __gt__(self, other):
        self.note("gt")
        return self.value > other.value

    def __radd__(self, other):
        self.note("radd")
        return other + self.value


def odds(n):
    for i in range(n):
        yield Odd(i % 3)


for consume in (set, frozenset, any, all, min, max, sum):
    for n in (4, 400):
        states.clear()
        generator = odds(n)
        result = consume(generator)
        if isinstance(result, Odd):
            result = result.value
        elif isinstance(result, (set, frozenset)):
            result = sorted(odd.value for odd in result)
        print(consume.__name__, result, states[:6], generator.gi_frame is None)


# It may be resumed then.
class Greedy:
    def __bool__(self):
        rest.append(next(generator))
        return False


def with_greedy():
    yield 0
    yield Greedy()
    yield from range(5)


rest = []
generator = with_greedy()
print(any(generator), rest)

# Items of mixed kinds, which the fast way gives up at.
print(set(x if x < 50 else (x, x) for x in count(52)) == {*range(50), (50, 50), (51, 51)})
try:
    set(x if x < 50 else [x] for x in count(100))
except TypeError as error:
    print(error)
try:
    sum(x if x < 50 else "x" for x in count(100))
except TypeError as error:
    print(error)
try:
    min(x if x < 50 else "x" for x in count(100))
except TypeError as error:
    print(error)
try:
    ",".join("x" if x < 5 else x for x in count(10))
except TypeError as error:
    print(error)
try:
    sorted("x" if x < 5 else x for x in count(10))
except TypeError as error:
    print(error)
print(sum(x if x < 50 else 1j for x in count(53)), any(None if x < 50 else [x] for x in count(53)))


# Exceptions from inside, with the frames they pass.
def failing(n):
    for i in range(n):
        yield i + 1
    raise KeyError(n)


def lines(error):
    names = []
    traceback = error.__traceback__
    while traceback is not None:
        names.append((traceback.tb_frame.f_code.co_name, traceback.tb_lineno - traceback.tb_frame.f_code.co_firstlineno))
        traceback = traceback.tb_next
    return names


def caught(consume, n):
    try:
        return consume(
            failing(n)
        )
    except KeyError as error:
        return lines(error), str(error)


for consume in (list, tuple, set, sum, min, max, all, sorted, ",".join):
    for n in (1, 1500):
        if consume not in (",".join, ):
            print(caught(consume, n)[1], caught(consume, n)[0])

# In a `try` of its own, and with `finally`.
log = []


def careful(n):
    try:
        for i in range(n):
            yield i
    finally:
        log.append("finally")


print(each(lambda i: any(x == 2 for x in careful(5)), 300), len(log))
generator = careful(5)
print(any(generator), len(log))
del generator
print(len(log))


# The caller's locals and frames.
import sys


def looks(n):
    for i in range(n):
        yield sys._getframe(1).f_code.co_name


def looked(n):
    return set(looks(n))


print(looked(3), looked(2000))


# Recursion through consumers.
def permutations(items):
    if not items:
        yield ()
    for i in range(len(items)):
        for rest in permutations(items[:i] + items[i + 1:]):
            yield (items[i],) + rest


print(len(list(permutations(tuple(range(5))))), len(set(permutations(tuple(range(4))))))


def depth(n):
    if n:
        yield sum(depth(n - 1)) + 1


print(sum(depth(100)))
try:
    sum(depth(100000))
except RecursionError as error:
    print(type(error).__name__)

# A method that is called on an instance that has it as an attribute, and other callables.


class Holder:
    def __init__(self):
        self.consume = sum


holder = Holder()
print(each(lambda i: holder.consume(count(5)), 1200))
consumers = [list, sum, tuple, max, sorted, any]
print(each(lambda i: consumers[i % 6](count(5)), 1800))


# What dies, and when.
class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, end=" ")


def noisy(n):
    local = Noisy("local")
    for i in range(n):
        yield Noisy(i)
    print("end", end=" ")


print(len(list(noisy(2))))
print(any(noisy(2)))
print(all(noisy(2)))
print(sum(1 for x in noisy(2)))
