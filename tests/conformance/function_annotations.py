# Annotations of functions, classes and modules, which __annotate__ evaluates when they are wanted.
import sys


def plain(a: int, /, b: "text", *rest: str, c: float = 1, **others: list) -> dict:
    return a


print(plain.__annotations__, plain.__annotations__ is plain.__annotations__)
annotate = plain.__annotate__
print(annotate.__name__, annotate.__qualname__, annotate.__module__, annotate.__code__.co_varnames, annotate.__code__.co_flags)
for format in 0, 1, 2, 3, 4, "x":
    try:
        print(format, annotate(format))
    except (NotImplementedError, TypeError) as error:
        print(format, type(error).__name__, error)
for wrong in lambda: annotate(), lambda: annotate(1, 2), lambda: annotate(format=1):
    try:
        wrong()
    except TypeError as error:
        print(error)


def late(x: Later) -> undefined:
    pass


try:
    late.__annotations__
except NameError as error:
    print(error)
Later = undefined = 5
print(late.__annotations__)


class C:
    T = int
    x: T
    y: "str" = 3
    __private: C
    comprehension: [name for name in "ab"]
    function: (lambda self: self)

    def method(self, __a: T = 1) -> y:
        pass

    for number in range(2):
        z: int
        repeated: number
    if not number:
        never: int
    try:
        tried: T
    except ValueError:
        handled: T
    T = str

    class Inner:
        q: missing


print({name: C.__annotations__[name] for name in C.__annotations__ if name != "function"})
print(C.__annotate__.__qualname__, C.__annotate__.__code__.co_freevars, C.method.__annotations__)
print(C.method.__annotate__.__qualname__, C.method.__annotate__.__code__.co_freevars)
print(sorted(name for name in C.__dict__ if "ann" in name))
try:
    C.Inner.__annotations__
except NameError as error:
    print(error)


class Changed:
    T = int
    x: T
    y: T


Changed.T = list
print(Changed.__annotations__)


class Bare:
    pass


print(Bare.__annotations__, Bare.__annotate__)

value: int = 3
if value > 3:
    skipped: int = 1
items = [0]
(items[0]): print("not evaluated") = 1
(parenthesised): int = 5
C.attribute: print("not evaluated") = 1
print(__annotate__.__qualname__, sorted(__conditional_annotations__), "__annotations__" in globals())
print(sys.modules[__name__].__annotations__)
for kind in int, str:
    looped: kind
print(__annotate__(1))


def outer(t):
    local: print("never") = 1

    def inner(x: t, y: local):
        pass

    t = t * 2

    class Local:
        x: t
        y: (t, local)
        t = "own"

    return inner, Local


inner, Local = outer(2)
print(inner.__annotations__, inner.__annotate__.__qualname__, Local.__annotations__, Local.__annotate__.__qualname__)


def shadowed(format: format, x: __debug__) -> "format":
    pass


print(shadowed.__annotations__)


def decorate(function):
    print("decorated", function.__annotations__)
    return function


@decorate
def decorated(x: value) -> None:
    pass


async def coroutine(x: int):
    pass


print(coroutine.__annotations__, (lambda x: x).__annotations__, (lambda x: x).__annotate__)
plain.__annotations__ = {"a": 1}
print(plain.__annotations__, plain.__annotate__)
plain.__annotate__ = lambda format: {"format": format}
print(plain.__annotations__)

for source in (
    "def f(x: (yield)): pass", "x: (y := 1)", "x: (yield)", "async def f(x: (await 1)): pass", "class D:\n x: (yield from ())",
):
    try:
        exec(source)
    except SyntaxError as error:
        print(error.msg)


def walrus(x: [(doubled := item * 2, (lambda: doubled)()) for item in (1, 2)], y: (lambda: [z := 3, z])()):
    pass


print(walrus.__annotations__)
space = {}
exec("x: int = 1\nfor i in 1, 2:\n  y: i\n", space)
print(space["__annotate__"](1), space["__conditional_annotations__"])


def hot():
    total = 0
    for number in range(2000):
        def made(x: number) -> int:
            return x

        total += made(number)
        if number % 500 == 0:
            total += made.__annotations__["x"]
    return total, made.__annotations__


print(hot())
