"""Trace functions: what they are told of calls, lines, returns and exceptions, in this order."""
import sys

events = []


def tracer(frame, event, argument):
    if frame.f_code.co_filename != __file__:
        return None
    if event == "exception":
        argument = argument[0].__name__
    elif not isinstance(argument, (int, str, type(None))):
        argument = type(argument).__name__
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, argument))
    return tracer


def run(function, *arguments):
    events.clear()
    sys.settrace(tracer)
    try:
        function(*arguments)
    except Exception as problem:
        print("left by", repr(problem))
    finally:
        sys.settrace(None)
    for event in events[:-1]:
        print(event)
    print()


def loops(count):
    total = 0
    for number in range(count):
        if number % 2:
            continue
        total += number
    else:
        total += 1
    while total:
        total -= 1
        if total < 2:
            break
    for number in range(2): total += number
    while True:
        total += 1
        if total > 5:
            return total


def handlers(value):
    try:
        int(value)
    except ValueError as problem:
        pass
    finally:
        del value
    try:
        raise KeyError
    except (KeyError,
            IndexError):
        return "handled"


def branches(a, b):
    if a:
        x = 1
    else:
        x = 2
    if b:
        pass
    if a and \
            b:
        x = 3
    return [
        x
        for x in (a,
                  b)
    ]


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return True


def managers():
    with Manager() as first, \
            Manager():
        raise ValueError
    with Manager():
        return 1


def numbers():
    yield 1
    got = yield 2
    try:
        yield got
    finally:
        yield from (3, 4)


def generators():
    for number in numbers():
        number
    made = numbers()
    next(made)
    try:
        made.throw(KeyError)
    except KeyError:
        return


def decorate(function):
    return function


def definitions():
    @decorate
    @decorate
    def inner(x=1,
              y=2):
        """Not a line that runs."""
        return x + y

    class Inner:
        """A line that runs."""
        value = inner(
            1,
            2)

    return Inner


def raises():
    inner = handlers
    inner("1")
    raise TypeError


run(loops, 4)
run(handlers, "x")
run(branches, 1, 0)
run(branches, 0, 1)
run(managers)
run(generators)
run(definitions)
run(raises)
