"""Unions, generic aliases and generic classes: what they take, show, compare, and hash."""
import collections
import copyreg
import types
import typing
import weakref

T = typing.TypeVar("T")
Odd = typing.Annotated[int, []]


def attempt(*calls):
    for call in calls:
        try: print(call())
        except Exception as e: print(type(e).__name__, e)


def f(): pass


class Named:
    __qualname__, __module__ = "q", "m"


attempt(lambda: Odd | str, lambda: (Odd | str) == (str | Odd), lambda: (Odd | str) == (str | int), lambda: hash(Odd | str),
        lambda: T | "x", lambda: "x" | T, lambda: (int | str) | "x", lambda: "x" | (int | str), lambda: int | 1,
        lambda: typing.Union[Odd, Odd, int], lambda: (int | str).__module__, lambda: iter(int | str), lambda: list(int | None),
        lambda: (int | str)[0], lambda: typing.Union[f, int], lambda: weakref.ref(int | str)() is not None)
attempt(lambda: list[type(None)], lambda: list[f], lambda: list[len], lambda: list[[int, f]], lambda: list[...],
        lambda: tuple[Named, int], lambda: issubclass(list[int], object), lambda: issubclass(list[int], list[int]))


class Meta(type):
    def __hash__(cls):
        if not hashable: raise TypeError("not hashable")
        return type.__hash__(cls)


hashable = False
class A(metaclass=Meta): pass
class B(metaclass=Meta): pass
union = A | B
attempt(lambda: hash(union))
hashable = True
attempt(lambda: hash(union))


class Parameter: pass


first, late = Parameter(), Parameter()
first.__typing_subst__ = lambda value: value
alias = types.GenericAlias(dict, (first, late))
print(alias.__parameters__ == (first,))
late.__typing_subst__ = lambda value: value
try: alias[0]
except TypeError as e: print(str(e).endswith("with __typing_subst__ was not found in __parameters__"))


class Evil:
    __typing_is_unpacked_typevartuple__ = True
    def __typing_prepare_subst__(*rest): return None
    def __typing_subst__(*rest): return 42


type Alias[*Ts] = 0
attempt(lambda: Alias[Evil()][0])


class G(typing.Generic[T]): pass
class H[T]: pass


print(type(G.__new__(G)).__name__, type(copyreg._reconstructor(H, object, None)).__name__, type(G[int]()).__name__)
attempt(lambda: typing.Generic(1), lambda: typing.ParamSpec("P", bound=[int]).__bound__)
scope = {}
exec("from typing import TypeVar; T = TypeVar('T')", scope, scope)
print(scope["T"].__module__, T.__module__, H.__type_params__[0].__module__)
print(collections.deque().__module__, "__module__" in vars(collections.deque), hasattr(types.MappingProxyType({}), "__module__"))

cell = types.CellType
attempt(lambda: cell(5).cell_contents, lambda: cell(1, 2), lambda: cell(a=2), lambda: hash(cell()), lambda: cell(1) < cell(2),
        lambda: cell() < cell(1), lambda: cell() == cell(), lambda: cell(1) != 5, lambda: cell().cell_contents)
