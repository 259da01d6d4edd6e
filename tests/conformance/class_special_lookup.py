# Special methods are looked up on the type, and what their descriptors raise is not hidden.
import math
import sys


class Failing:
    def __init__(self, error):
        self.error = error

    def __get__(self, instance, owner):
        raise self.error


def class_with(name, error, base=object):
    return type("C", (base,), {name: Failing(error)})


def attempt(title, function):
    try:
        print(title, "result", function())
    except BaseException as error:
        print(title, type(error).__name__, error)


def use(manager):
    with manager as value:
        return value


for error in ValueError("broken"), AttributeError("absent"), TypeError("typed"), KeyError("k"):
    attempt("enter", lambda: use(class_with("__enter__", error)()))
    attempt("exit", lambda: use(type("C", (), {"__enter__": lambda self: 1, "__exit__": Failing(error)})()))
    attempt("reversed", lambda: reversed(class_with("__reversed__", error)()))
    attempt("format", lambda: format(class_with("__format__", error)(), "x"))
    attempt("bytes", lambda: bytes(class_with("__bytes__", error)()))
    attempt("percent", lambda: b"%s" % class_with("__bytes__", error)())
    attempt("complex", lambda: complex(class_with("__complex__", error)()))
    attempt("floor", lambda: math.floor(class_with("__floor__", error)()))
    attempt("ceil", lambda: math.ceil(class_with("__ceil__", error)()))
    attempt("trunc", lambda: math.trunc(class_with("__trunc__", error)()))
    attempt("round", lambda: round(class_with("__round__", error)()))
    attempt("sizeof", lambda: sys.getsizeof(class_with("__sizeof__", error)()))
    attempt("sizeof default", lambda: sys.getsizeof(class_with("__sizeof__", error)(), 5))
    attempt("missing", lambda: class_with("__missing__", error, dict)()["key"])
    attempt("dir", lambda: dir(class_with("__dir__", error)()))
    attempt("instance", lambda: isinstance(1, class_with("__instancecheck__", error)()))
    attempt("subclass", lambda: issubclass(int, class_with("__subclasscheck__", error)()))
    attempt("len", lambda: len(class_with("__len__", error)()))
    attempt("bool", lambda: bool(class_with("__bool__", error)()))
    attempt("iter", lambda: iter(class_with("__iter__", error)()))
    attempt("add", lambda: class_with("__add__", error)() + 1)
    attempt("radd", lambda: 1 + class_with("__radd__", error)())
    attempt("eq", lambda: class_with("__eq__", error)() == 1)
    attempt("index", lambda: [1][class_with("__index__", error)()])
    attempt("hash", lambda: hash(class_with("__hash__", error)()))
    attempt("call", lambda: class_with("__call__", error)()())
