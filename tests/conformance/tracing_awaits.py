# Waits for asynchronous generators that end by a StopIteration, the ends of `for` over Python iterators, generators that are
# given up, and calls of bound natives with collections of arguments, as trace functions are told of them.
# modes: off on
import sys


async def numbers(n):
    for i in range(n):
        yield i


async def walk():
    async for i in numbers(2):
        if i > 100:
            break


async def by_hand():
    generator = numbers(2)
    await generator.asend(None)
    await anext(generator)


class Iterator:
    def __init__(self):
        self.left = 2

    def __iter__(self):
        return self

    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise StopIteration("end")
        return self.left


def plain():
    for i in Iterator():
        pass


def left():
    def pairs():
        try:
            yield 1
            yield 2
        finally:
            done = True

    return next(pairs()), any(pairs())


def given_up():
    def pairs():
        yield 1
        yield 2

    return next(pairs())


class Representation:
    shown = classmethod(repr)


def collected():
    shown = Representation.shown
    try:
        shown(*(1,), key=len)
    except TypeError:
        pass
    return shown(*())


def watch(start, function):
    first = function.__code__.co_firstlineno
    events = []

    def told(frame, event, argument):
        if frame.f_code.co_filename == __file__ and frame.f_code.co_name != "watch":
            what = type(argument[1]).__name__ if event == "exception" else ""
            name = getattr(argument, "__name__", "") if event.startswith("c_") else ""
            events.append((event, frame.f_code.co_name, frame.f_lineno - first, what, name))
        return told

    coroutine = None
    start(told)
    try:
        coroutine = function()
        if hasattr(coroutine, "send"):
            coroutine.send(None)
    except StopIteration:
        pass
    finally:
        start(None)
    print(function.__name__)
    for event in events:
        print("   ", *event)


for function in (walk, by_hand, plain, left, given_up):
    watch(sys.settrace, function)
for function in (walk, left, given_up, collected):
    watch(sys.setprofile, function)

try:
    generator = left()
finally:
    del generator


def stubborn():
    while True:
        try:
            yield
        except GeneratorExit:
            pass


def report(raised):
    print(raised.err_msg.split(" at 0x")[0], raised.exc_value, raised.object)


sys.unraisablehook = report
generator = stubborn()
next(generator)
del generator
