# len() of objects whose __len__ is written in Python: results of all kinds, exceptions, destruction of what it was asked of.
import sys


class Sized:
    def __init__(self, answer):
        self.answer = answer

    def __len__(self):
        return self.answer

    def __del__(self):
        print("del", end=" ")


class Index:
    def __index__(self):
        return 11


class Nested:
    def __init__(self, *parts):
        self.parts = parts

    def __len__(self):
        total = 0
        for part in self.parts:
            total += len(part)
        return total


class Raises:
    def __len__(self):
        raise LookupError("no length")


def ask(thing):
    try:
        return len(thing)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for answer in [0, 5, 2**40, -1, True, False, Index(), 1.5, "3", None, 2**70, -(2**70), sys.maxsize]:
    print(ask(Sized(answer)))

total = 0
for round in range(40):
    total += len(Nested([1, 2], (3,), "four", Nested(range(5), {1: 2})))
    if round % 13 == 0:
        total += len(Sized(round))
print(total)

print(ask(Raises()))


def recurse(depth):
    class Deep:
        def __len__(self):
            return 1 + (recurse(depth - 1) if depth else 0)

    return len(Deep())


print(recurse(20))


class Changing:
    calls = 0

    def __len__(self):
        Changing.calls += 1
        if Changing.calls == 30:
            Changing.__len__ = lambda self: 1000
        return Changing.calls


print([len(Changing()) for _ in range(33)])


class Forever:
    def __len__(self):
        return len(self)


try:
    len(Forever())
except RecursionError as error:
    print("RecursionError")

try:
    len(Raises())
except LookupError as error:
    frame = error.__traceback__
    while frame:
        print(frame.tb_frame.f_code.co_name, frame.tb_lineno)
        frame = frame.tb_next
