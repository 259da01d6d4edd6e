# Asynchronous generators, iteration and comprehensions.
import sys


class Wait:
    def __init__(self, name):
        self.name = name

    def __await__(self):
        return (yield self.name)


def drive(awaitable, value=None):
    coroutine = awaitable.__await__()
    seen = []
    try:
        waited = coroutine.send(None)
        while True:
            seen.append(waited)
            waited = coroutine.send(value)
    except StopIteration as stop:
        return seen, stop.value


async def numbers(n):
    for i in range(n):
        await Wait("w%d" % i)
        got = yield i
        if got is not None:
            print("got", got)


async def collect(iterable):
    result = []
    async for item in iterable:
        result.append(item)
    else:
        result.append("else")
    return result


print(drive(collect(numbers(3))))


async def total():
    total = 0
    async for a in numbers(400):
        if a % 2:
            continue
        if a > 300:
            break
        total += a
    return total


print(drive(total())[1])

# By hand.
g = numbers(3)
print(type(g).__name__, repr(g).split(" at ")[0], g.ag_running, g.ag_suspended, g.ag_await, g.ag_code.co_name)
print(aiter(g) is g, g.__aiter__() is g)
step = g.asend(None)
print(type(step).__name__, iter(step) is step, step.__await__() is step)
print(step.send(None), g.ag_running, g.ag_suspended, g.ag_await is not None)
other = g.asend(None)
try:
    other.send(None)
except RuntimeError as error:
    print(error)
try:
    other.send(None)
except RuntimeError as error:
    print(error)
try:
    step.send("sent")
except StopIteration as stop:
    print("item", stop.value)
print(g.ag_running)
try:
    step.send(None)
except RuntimeError as error:
    print(error)
print(drive(g.asend("hello")))
print(drive(anext(g)))
for _ in range(2):
    try:
        drive(anext(g))
    except StopAsyncIteration as stop:
        print("over", stop.args)
print(drive(anext(g, "default")))
print(drive(anext(numbers(1), "default")))
try:
    numbers(1).asend(1).send(None)
except TypeError as error:
    print(error)


# athrow and aclose
async def catching():
    try:
        yield 1
    except ValueError as error:
        await Wait("handling")
        yield "caught %s" % error
    finally:
        await Wait("finally")
        print("finally")
    yield "after"


g = catching()
print(drive(anext(g)))
print(drive(g.athrow(ValueError("v"))))
print(drive(g.aclose()))
print(drive(g.aclose()))
try:
    drive(g.athrow(KeyError("late")))
except (KeyError, StopAsyncIteration) as error:
    print(repr(error))
g = catching()
drive(anext(g))
try:
    drive(g.athrow(KeyError("not caught")))
except KeyError as error:
    print(error)
g = catching()
try:
    drive(g.athrow(KeyError("before the start")))
except KeyError as error:
    print(error)
g = catching()
print(drive(g.aclose()))


async def stubborn():
    try:
        yield 1
    finally:
        yield 2


g = stubborn()
drive(anext(g))
try:
    drive(g.aclose())
except RuntimeError as error:
    print(error)
g = catching()
drive(anext(g))
step = g.aclose()
print(type(step).__name__, step.send(None))
try:
    step.throw(OSError("in finally"))
except OSError as error:
    print(error)
try:
    step.send(None)
except RuntimeError as error:
    print(error)
g = catching()
drive(anext(g))
step = anext(g)
for call in (step.close, lambda: step.send(None)):
    try:
        call()
    except (RuntimeError, GeneratorExit) as error:
        print(repr(error))
g = numbers(2)
step = anext(g)
print(step.send(None), step.close(), g.ag_running, step.close())


async def raises(kind):
    yield
    raise kind


for kind in (StopIteration, StopAsyncIteration, OSError):
    g = raises(kind)
    drive(anext(g))
    try:
        drive(anext(g))
    except (RuntimeError, OSError) as error:
        print(repr(error), repr(error.__cause__))


# Iterators that are classes.
class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        await Wait("tick")
        return self.n


print(drive(collect(Countdown(3))))
print(drive(collect(Countdown(300)))[1][:3])
print(drive(anext(Countdown(0), "none")), drive(anext(Countdown(1), "none")))


class Wrong:
    def __aiter__(self):
        return 1


class WrongNext:
    def __aiter__(self):
        return self

    def __anext__(self):
        return 1


for iterable in (1, Wrong(), WrongNext(), [1]):
    try:
        drive(collect(iterable))
    except TypeError as error:
        print(error, repr(error.__cause__))
for call in (lambda: aiter(1), lambda: anext(1), lambda: aiter(Wrong())):
    try:
        call()
    except TypeError as error:
        print(error)


# Comprehensions.
async def comprehensions():
    a = [i async for i in numbers(3)]
    b = {i async for i in numbers(3) if i}
    c = {i: await Wait(i) async for i in numbers(3)}
    d = [i + j async for i in numbers(2) for j in [10, 20]]
    e = [[j async for j in numbers(i)] for i in range(3)]
    f = [await Wait(i) for i in range(3)]
    g = (i * 10 async for i in numbers(3))
    h = [x async for x in g]
    i = (await Wait(i) for i in range(2))
    return a, b, c, d, e, f, type(g).__name__, h, type(i).__name__, [x async for x in i]


print(drive(comprehensions(), "v"))


async def hot():
    total = 0
    for _ in range(60):
        total += sum([i async for i in numbers(5) if i != 2])
    async for x in (i async for i in numbers(150)):
        total += x
    return total


print(drive(hot())[1])


# Nested generators and clean-up by hand.
async def wrapper(source):
    async for item in source:
        yield item * 2


print(drive(collect(wrapper(wrapper(numbers(4))))))


# Hooks.
print(sys.get_asyncgen_hooks())
events = []
sys.set_asyncgen_hooks(firstiter=lambda g: events.append(("first", g.__name__)), finalizer=lambda g: events.append("final"))
g = catching()
events.append("made")
drive(anext(g))
del g
g = numbers(1)
drive(collect(g))
del g
sys.set_asyncgen_hooks(None, None)
print(events, sys.get_asyncgen_hooks())
try:
    sys.set_asyncgen_hooks(firstiter=3)
except TypeError as error:
    print(error)
for source in (
    "async def f():\n  yield\n  return 3",
    "async def f():\n  yield from x",
    "def f():\n  async for i in x: pass",
    "def f():\n  async with x: pass",
    "def f():\n  [i async for i in x]",
    "[i async for i in x]",
    "def f():\n  await x",
    "await x",
    "lambda: await x",
    "class C:\n  await x",
    "def f():\n  return (i async for i in x)",
):
    try:
        compile(source, "<s>", "exec")
        print("fine")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset)
