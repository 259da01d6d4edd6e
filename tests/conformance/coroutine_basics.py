# Coroutines driven by hand: send, throw, close, delegation, context managers, flags and attributes.
import sys


class Future:
    def __init__(self, name):
        self.name = name

    def __await__(self):
        got = yield self.name
        return got * 2


async def inner(n):
    first = await Future("a%d" % n)
    second = await Future("b%d" % n)
    return first + second


async def outer(n):
    total = 0
    for i in range(n):
        total += await inner(i)
    return total


def drive(coroutine, value=1):
    seen = []
    try:
        waited = coroutine.send(None)
        while True:
            seen.append(waited)
            waited = coroutine.send(value)
    except StopIteration as stop:
        return seen, stop.value


print(drive(outer(2)))
print(drive(outer(300), 3)[1])

# Attributes.
c = outer(1)
print(c.cr_running, c.cr_suspended, c.cr_await, c.cr_origin, c.cr_code.co_name, c.__name__, c.__qualname__)
print(c.send(None), c.cr_suspended, c.cr_await.__name__, c.cr_await.cr_await is not None, c.cr_frame.f_lineno)
c.__name__ = "renamed"
print(c.__name__, type(c).__name__, repr(c).split(" at ")[0])
c.close()
print(c.cr_frame, c.cr_suspended)
for call in (lambda: c.send(None), lambda: c.throw(ValueError("x"))):
    try:
        call()
    except RuntimeError as error:
        print(error)

# Errors of use.
c = outer(1)
try:
    c.send(1)
except TypeError as error:
    print(error)
c.send(None)


async def second_waiter():
    await c


try:
    second_waiter().send(None)
except RuntimeError as error:
    print(error)
c.close()


class NoAwaitable:
    def __await__(self):
        return 3


class GivesCoroutine:
    def __await__(self):
        return (c := outer(1), c.close())[0]


async def waits_for(value):
    await value


for value in (3, NoAwaitable(), GivesCoroutine(), None):
    try:
        waits_for(value).send(None)
    except TypeError as error:
        print(type(error).__name__, error)


# throw goes to the innermost.
async def catches():
    try:
        await Future("f")
    except ValueError as error:
        return "caught %s" % error
    finally:
        print("finally")


async def around():
    return await catches()


c = around()
print(c.send(None))
try:
    c.throw(ValueError("thrown"))
except StopIteration as stop:
    print(stop.value)


async def ignores():
    try:
        await Future("first")
    except GeneratorExit:
        await Future("second")


c = ignores()
c.send(None)
try:
    c.close()
except RuntimeError as error:
    print(error)
c = None


async def stops():
    raise StopIteration(3)


try:
    stops().send(None)
except RuntimeError as error:
    print(error, repr(error.__cause__))


# __await__ as an iterator.
c = inner(1)
wrapper = c.__await__()
print(type(wrapper).__name__, iter(wrapper) is wrapper, next(wrapper), wrapper.send(5))
try:
    wrapper.throw(KeyError("k"))
except KeyError as error:
    print("out", error)
wrapper.close()


def delegates():
    return (yield from inner(1).__await__())


print(list(delegates.__code__.co_flags & bit for bit in (0x20, 0x80, 0x100, 0x200)))
print(list(outer.__code__.co_flags & bit for bit in (0x20, 0x80, 0x100, 0x200)))
print(drive(delegates(), 4))


def wrong(c):
    yield from c


c = outer(1)
try:
    next(wrong(c))
except TypeError as error:
    print(error)
c.close()


# async with
class Manager:
    def __init__(self, suppress):
        self.suppress = suppress

    async def __aenter__(self):
        print("enter", await Future("entering"))
        return self

    async def __aexit__(self, kind, value, traceback):
        print("exit", kind and kind.__name__, value, await Future("leaving"))
        return self.suppress


async def managed(suppress, fail):
    async with Manager(suppress) as m, Manager(False) as n:
        print(m is not n, await Future("inside"))
        if fail:
            raise OSError("failed")
        return "returned"
    return "after"


print(drive(managed(False, False)))
print(drive(managed(True, True)))
try:
    drive(managed(False, True))
except OSError as error:
    print("passed", error)


async def loops_with_managers():
    total = 0
    for i in range(120):
        async with Quiet() as value:
            if i % 3 == 0:
                continue
            total += value + i
            if i == 100:
                break
    return total


class Quiet:
    async def __aenter__(self):
        return 10

    async def __aexit__(self, *rest):
        pass


print(drive(loops_with_managers()))


class Plain:
    def __enter__(self):
        pass

    def __exit__(self, *rest):
        pass


class NoEnter:
    async def __aexit__(self, *rest):
        pass


class BadEnter(NoEnter):
    def __aenter__(self):
        return 7


class BadExit(Quiet):
    def __aexit__(self, *rest):
        return 7


async def uses(manager):
    async with manager:
        pass


for manager in (Plain(), NoEnter(), BadEnter(), BadExit(), 3):
    try:
        drive(uses(manager))
    except TypeError as error:
        print(error)
try:
    with Quiet():
        pass
except TypeError as error:
    print(error)


# Where a coroutine was made.
print(sys.get_coroutine_origin_tracking_depth())
sys.set_coroutine_origin_tracking_depth(2)


def maker():
    return inner(1)


c = maker()
print([(line, name) for _, line, name in c.cr_origin])
c.close()
sys.set_coroutine_origin_tracking_depth(0)
try:
    sys.set_coroutine_origin_tracking_depth(-1)
except ValueError as error:
    print(error)


# Recursion and exceptions through many coroutines.
async def deep(n):
    if n == 0:
        return await Future("bottom")
    return 1 + await deep(n - 1)


print(drive(deep(50), 7))


async def fails(n):
    if n == 0:
        raise LookupError("deep")
    await fails(n - 1)


for _ in range(100):
    try:
        drive(fails(5))
    except LookupError as error:
        depth, at = 0, error.__traceback__
        while at:
            depth, at = depth + 1, at.tb_next
print(depth)


def hot():
    total = 0
    for i in range(2000):
        c = inner(i)
        c.send(None)
        c.send(i)
        try:
            c.send(1)
        except StopIteration as stop:
            total += stop.value
    return total


print(hot())
