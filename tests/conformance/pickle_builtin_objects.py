"""What builtin objects say of how to make them again."""
import copy
import pickle


def show(function, *arguments):
    try:
        print(function(*arguments))
    except BaseException as error:
        print(type(error).__name__, error)


class Plain(bytearray):
    pass


class Slotted(bytearray):
    __slots__ = ("x", "y")


for kind in (Plain, Slotted):
    made = kind(b"abcd")
    made.x = 5
    for protocol in range(6):
        again = pickle.loads(pickle.dumps(made, protocol))
        print(type(again).__name__, bytes(again), again.x)
    for again in (copy.copy(made), copy.deepcopy(made)):
        print(type(again).__name__, bytes(again), again.x)
    show(made.__reduce__)
    show(made.__reduce_ex__, 4)

for protocol in (0, 2, 3):
    show(bytearray(b"ab\xff").__reduce_ex__, protocol)
show(bytearray().__reduce__)

for source in (b"abc", bytearray(b"abc")):
    items = iter(source)
    next(items)
    print(items.__reduce__()[1:], items.__length_hint__())
    items.__setstate__(2)
    print(list(items), items.__reduce__()[1:])
    print(list(pickle.loads(pickle.dumps(iter(source)))))

show(pickle.dumps, memoryview(b"ab"), 1)
show(pickle.dumps, memoryview(b"ab"), 4)
show(copy.copy, memoryview(b"ab"))
show(pickle.dumps, compile("1", "", "eval"), 4)
show(pickle.dumps, property(), 4)
show(copy.copy, {}.keys())


class Generic[T]:
    def __init__(self, value):
        self.value = value


for protocol in range(6):
    print(pickle.loads(pickle.dumps(Generic(protocol), protocol)).value)


class Floating:
    pass


show(lambda: "%c" % Floating())
show(lambda: b"%c" % 1.5)
