# What others see of an asynchronous generator while an `async for` runs it: flags, awaited steps, exceptions, other waiters.
import sys
import types


@types.coroutine
def pause(value):
    return (yield value)


async def numbers(count, log=None):
    try:
        for number in range(count):
            if number % 3 == 2:
                got = await pause(("paused", number))
                if got is not None and log is not None:
                    log.append(got)
            yield number
    finally:
        if log is not None:
            log.append("closed")


def drive(coroutine, sent=None):
    """Runs a coroutine to its end; what it paused with, and its result."""
    paused = []
    try:
        item = coroutine.send(None)
        while True:
            paused.append(item)
            item = coroutine.send(sent)
    except StopIteration as stop:
        return paused, stop.value


async def total(count, log=None):
    result = 0
    async for number in numbers(count, log):
        result += number
    return result


for round in range(3):
    log = []
    paused, result = drive(total(60, log), "sent")
    print(result, len(paused), paused[:2], len(log), log[-1])


# Nested generators, one inside the other, and a result of hot code.
async def tree(depth):
    if depth:
        async for leaf in tree(depth - 1):
            yield leaf + 1
        async for leaf in tree(depth - 1):
            yield leaf
    else:
        yield 0


async def leaves(depth):
    return [leaf async for leaf in tree(depth)]


for round in range(3):
    paused, result = drive(leaves(7))
    print(paused, len(result), sum(result))

# What is awaited, and by whom.
agen = numbers(5)


async def watch():
    async for number in agen:
        print("item", number, agen.ag_running)
    print("end", agen.ag_running, agen.ag_frame)


watcher = watch()
print(watcher.send(None), agen.ag_running, agen.ag_suspended, type(watcher.cr_await).__name__)
try:
    agen.__anext__().send(None)
except RuntimeError as error:
    print(error)


async def second():
    async for number in agen:
        print("never", number)


try:
    second().send(None)
except RuntimeError as error:
    print(error)
try:
    watcher.send(None)
except StopIteration:
    print("watched")
print(drive(second()))


# Exceptions: through the generator, into it, and out of a paused one.
async def failing():
    yield 1
    raise ValueError("no more")


async def consume(source):
    seen = []
    try:
        async for item in source:
            seen.append(item)
    except (ValueError, KeyError, RuntimeError) as error:
        entry, names = error.__traceback__, []
        while entry:
            names.append(entry.tb_frame.f_code.co_name)
            entry = entry.tb_next
        return seen, repr(error), names
    return seen


async def stopping():
    yield 1
    raise StopAsyncIteration(5)


for round in range(2):
    print(drive(consume(failing()))[1])
    print(drive(consume(stopping()))[1])

log = []
coroutine = consume(numbers(9, log))
coroutine.send(None)
try:
    coroutine.throw(KeyError("thrown"))
except StopIteration as stop:
    print(stop.value, log)

log = []
coroutine = consume(numbers(9, log))
coroutine.send(None)
coroutine.close()
print(log)


# A generator that handles what is thrown into its wait goes on.
async def stubborn():
    for number in range(3):
        try:
            await pause(number)
        except KeyError as error:
            yield ("caught", str(error))
        else:
            yield number


coroutine = consume(stubborn())
print(coroutine.send(None))
print(coroutine.throw(KeyError("x")))
print(drive_rest := [coroutine.send(None)])
try:
    coroutine.send(None)
except StopIteration as stop:
    print(stop.value)


# Frames, from inside.
async def names():
    frame, seen = sys._getframe(), []
    while frame and len(seen) < 3:
        seen.append(frame.f_code.co_name)
        frame = frame.f_back
    yield seen


async def outer():
    async for seen in names():
        return seen


print(drive(outer())[1])


# Hooks see each generator once, and leaving a loop early leaves the generator to them.
first = []
old = sys.get_asyncgen_hooks()
sys.set_asyncgen_hooks(firstiter=lambda agen: first.append(agen.__name__), finalizer=lambda agen: first.append("final"))


async def early():
    async for number in numbers(4):
        if number == 1:
            break
    return number


print(drive(early())[1], first)
sys.set_asyncgen_hooks(*old)
