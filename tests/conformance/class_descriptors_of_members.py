# Members of builtin types, slot wrappers, and what pickle asks of an object.
import types

print(type(complex.real).__name__, type(float.real).__name__, types.MemberDescriptorType is type(complex.real))
print(object.__init__.__get__.__text_signature__, int.__add__.__text_signature__, len.__call__.__text_signature__)
print(str.maketrans.__qualname__, str.maketrans.__self__, bytes.maketrans.__qualname__)
try:
    (1j).real = 2
except AttributeError as error:
    print(error)


class Positional:
    def __init__(self, result):
        self.result = result

    def __getnewargs_ex__(self):
        return self.result


for result in ((1, {}), ((1,), 2), (), "arguments", ((1,), {}), ((1,), {"a": 2})):
    try:
        reduced = Positional(result).__reduce_ex__(2)
        print(reduced[0].__name__, reduced[1][1:])
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)


class Named:
    __slotnames__ = ["spam"]

    def __getattr__(self, name):
        if name == "spam":
            return 42
        raise AttributeError(name)


print(Named().__reduce_ex__(2)[2])


# An object may change its class when it dies.
class Other:
    pass


class Changing:
    def __del__(self):
        self.__class__ = Other


for _ in range(3):
    things = [Changing() for _ in range(100)]
    del things
print(Changing, Other)


class First:
    __slots__ = ["b", "a"]


class Second:
    __slots__ = ["a", "b"]


class FirstChild(First):
    __slots__ = ["c"]


class SecondChild(Second):
    __slots__ = ["c"]


thing = First()
thing.a = 1
thing.__class__ = Second
print(thing.a)
try:
    FirstChild().__class__ = SecondChild
except TypeError as error:
    print(error)


class Meta(type):
    def mro(cls):
        del Meta.mro
        return (Base,)


class Base:
    pass


try:
    class Lost(metaclass=Meta):
        pass
except TypeError as error:
    print(error)


class super:
    note = "another super"


class Child(Base):
    def note(self):
        return super().note


print([Child().note() for _ in range(30)][-1])


class Text(str):
    def __float__(self):
        return 2.5


print(float(Text("8")))
