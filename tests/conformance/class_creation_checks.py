"""What a class statement and `type()` accept, and the documentation of properties in subclasses."""
import collections
import typing
import warnings


def show(function, *arguments, **keywords):
    try:
        print(function(*arguments, **keywords))
    except BaseException as error:
        print(type(error).__name__, error)


show(type, "\udcdc", (), {})
show(type, "a\0b", (), {})
show(type, "A", (), {"__qualname__": 3})
show(type, "A", (), {"__doc__": "\udcdc"})
show(type, "A", (), {"__slots__": [1]})
show(type, "A", (), {"__slots__": ["a b"]})
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    made = type("A", (), {1: 2})
    print([(w.category.__name__, str(w.message)) for w in caught])


class Located:
    pass


print("__firstlineno__" in Located.__dict__)
Located.__module__ = "elsewhere"
print("__firstlineno__" in Located.__dict__)

ordered = collections.OrderedDict(a=1, b=2, c=3)
ordered.move_to_end("a")
print([name for name in type("A", (), ordered).__dict__ if len(name) == 1])


class Documented(property):
    pass


class Attribute(property):
    __doc__ = None


def getter(self):
    "From the getter."


print(Documented(getter).__doc__, Documented(getter, doc="given").__doc__, property(getter).__doc__)
print(Documented(getter).getter(lambda self: 1).__doc__)
show(lambda: Documented(getter).__name__)

print(type.__module__, type.__type_params__, list.__module__, type.__name__)
show(lambda: type.__annotate__)
show(lambda: int.__annotations__)


class Annotated:
    pass


for value in (None, lambda f: {"x": int}, lambda f: 42, lambda: 1, 3):
    try:
        Annotated.__annotate__ = value
        print(Annotated.__annotations__)
    except TypeError as error:
        print(error)


class First:
    pass


class Second(First):
    pass


show(type, "Third", (First, Second), {})
print(bool(typing.Generic.__flags__ & 1 << 9), bool(int.__flags__ & 1 << 9))
for count in ((), (1, 2, 3)):
    show((5).__pow__, *count)


class Entries:
    def __mro_entries__(self, bases):
        return ()


class NotSubscriptable:
    __class_getitem__ = None


show(type, "A", (Entries(),), {})
show(type, "A", (5,), {})
show(lambda: NotSubscriptable[int])
show(type, "A", (object, typing.Generic), {})
