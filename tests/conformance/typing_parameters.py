# Type parameters, type statements, and when their bounds, defaults and values are evaluated.
import sys


class Shown:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


# Stands for the library's module, which has much more.
class Typing:
    @staticmethod
    def _GenericAlias(origin, parameters):
        return Base(parameters)

    class Unpack:
        def __class_getitem__(cls, item):
            return Shown("Unpack[%r]" % (item,))

    @staticmethod
    def _type_check(value, message):
        return value

    @staticmethod
    def _type_repr(value):
        return value.__name__ if isinstance(value, type) else repr(value)


class Base:
    def __init__(self, parameters):
        self.parameters = parameters

    def __mro_entries__(self, bases):
        return (Marker,)


class Marker:
    pass


sys.modules["typing"] = Typing


def note(text):
    print("evaluated", text)
    return text


def f[T, S: int, C: (int, str), D = float, *Ts = *tuple[int], **P = [int]](a: T, b: S = 1, *, c: C = 2) -> D:
    "doc"
    return (T, S)


print(f.__type_params__, f.__doc__, f.__defaults__, f.__kwdefaults__, f.__name__, f.__qualname__)
print([type(p).__name__ for p in f.__type_params__], f(1) == f.__type_params__[:2])
T, S, C, D, Ts, P = f.__type_params__
print(T.__bound__, T.__constraints__, T.__default__, T.has_default(), T.__infer_variance__, T.__covariant__)
print(S.__bound__, S.__constraints__, C.__bound__, C.__constraints__)
print(D.__default__, D.has_default(), Ts.__default__, P.__default__, P.args, P.kwargs, P.args.__origin__ is P)
print(P.args == P.args, P.args == P.kwargs, repr(T), repr(Ts), repr(P), T.__name__)
print(f.__annotations__)
print(T.evaluate_bound, S.evaluate_bound.__name__, S.evaluate_bound(1), S.evaluate_bound(), S.evaluate_bound.__defaults__)
try:
    S.evaluate_bound(3)
except NotImplementedError:
    print("not that format")


def lazy[T: note("bound"), U = note("default")]():
    return T


T, U = lazy.__type_params__
print("made")
print(T.__bound__, T.__bound__, U.__default__)


def with_defaults[T](a=note("a"), *, b=note("b")):
    return a, b


print(with_defaults(), with_defaults(1, b=2))


def decorator(function):
    print("decorated", function.__type_params__)
    return function


@decorator
def decorated[T](x: T) -> T:
    return x


async def coroutine[T](x: T):
    return T


try:
    coroutine(1).send(None)
except StopIteration as stop:
    print(stop.value)


def generator[T](n):
    for i in range(n):
        yield T, i


print(list(generator(2)))


def outer[T](x):
    def inner[U](y: T, z: U):
        return T, U, x

    class Local[V]:
        attribute = T

        def method[W](self, a: T, b: V, c: W):
            return T, V, W

    return inner, Local


inner, Local = outer(5)
print(inner(1, 2), inner.__qualname__, inner.__annotations__, Local.attribute)
print(Local().method(1, 2, 3), Local.method.__qualname__, Local.method.__annotations__)
print(Local.__type_params__, Local.__bases__, Local.__orig_bases__[-1].parameters, Local.__qualname__)


# Type aliases.
type Simple = int
type Late = Undefined
type Pair[A, B] = tuple[A, B]
type Recursive = list[Recursive]
print(Simple, Simple.__value__, Simple.__type_params__, Simple.__name__, Simple.__module__, type(Simple).__name__)
print(Pair.__value__, Pair.__type_params__, Pair[int, str], Pair.__parameters__)
print(Recursive.__value__)
try:
    Late.__value__
except NameError as error:
    print(error)
Undefined = 7
print(Late.__value__, Late.evaluate_value(1), Late.evaluate_value.__name__)
try:
    Simple[int]
except TypeError as error:
    print(error)
print(Simple | None, int | Simple, Simple | Pair[int, str], T | int, int | T)
try:
    Simple.__value__ = 3
except AttributeError as error:
    print(error)


def local_alias(x):
    type Alias[T] = dict[T, x]
    return Alias


print(local_alias(int).__value__, local_alias(str)[int])


# Scopes: classes are seen, and come first.
def scopes(T, hidden):
    class Class:
        T = "in class"
        own = "own"

        def method[T](self, x: T, y: own) -> hidden:
            return T

        def bounded[S: T](self):
            pass

        type Alias = (T, own, hidden)
        type Generic[U] = (T, own, hidden, U)

    return Class


Class = scopes("outer", "hidden")
print(Class.method.__annotations__, Class.Alias.__value__, Class.Generic.__value__)
print(Class.bounded.__type_params__[0].__bound__, Class().method(1, 2))
Class.own = "changed"
print(scopes(1, 2).Alias.__value__)


class Private[__T]:
    attribute = __T

    def method(self) -> __T:
        return self.__secret

    __secret = 5


print(Private.__type_params__, Private.attribute, Private().method(), Private.method.__annotations__)


class Other:
    pass


class Many[T, *Ts, **P](Other, metaclass=type):
    pass


print(Many.__type_params__, Many.__orig_bases__[-1].parameters if hasattr(Many, "__orig_bases__") else None)

# Made by calls.
TypeVar, ParamSpec, TypeVarTuple, Alias = type(T), type(P), type(Ts), type(Simple)
A = TypeVar("A", covariant=True)
B = TypeVar("B", int, str, contravariant=True)
E = TypeVar(name="E", bound=int, default=bool)
print(A, B, E, B.__constraints__, E.__bound__, E.__default__, E.has_default(), A.has_default(), A.__module__)
print(E.evaluate_bound, E.evaluate_bound(1), E.evaluate_bound(4), B.evaluate_constraints(4), A.evaluate_bound)
A.attribute = 3
print(A.attribute, ParamSpec("Q"), TypeVarTuple("Rs"), list(TypeVarTuple("Rs")), A.__reduce__())
print(Alias("Made", list[A], type_params=(A,)), Alias("Made", int).__value__, Alias("M", A, type_params=(A,)).__parameters__)
for call in (
    lambda: TypeVar(),
    lambda: TypeVar("T", int),
    lambda: TypeVar("T", int, str, bound=int),
    lambda: TypeVar("T", covariant=True, contravariant=True),
    lambda: TypeVar("T", covariant=True, infer_variance=True),
    lambda: TypeVar(3),
    lambda: TypeVarTuple("Ts", bound=3),
    lambda: TypeVarTuple("Ts").__typing_subst__(3),
    lambda: Alias("X"),
    lambda: Alias("X", int, type_params=3),
    lambda: Alias("X", int, type_params=(3,)),
    lambda: Alias("X", int, type_params=(E, A)),
    lambda: A.__mro_entries__(()),
    lambda: type(A.__default__)(1),
    lambda: setattr(f, "__type_params__", 3),
    lambda: hash(ParamSpec("P").args),
):
    try:
        print(call())
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
f.__type_params__ = ()
print(f.__type_params__)
print(repr(A.__default__), type(A.__default__).__name__, type(A.__default__)() is A.__default__)


def hot():
    total = 0
    for i in range(300):
        def g[T: int](x: T = i):
            return T.__name__, x

        type X[U] = (U, i)
        total += g()[1] + len(g()[0]) + X.__value__[1]
    return total


print(hot())

for source in (
    "def f[T, T](): pass",
    "type X[T]=(yield)",
    "type X = (a:=3)",
    "def f[T:(yield)](): pass",
    "def f[T:(a:=3, 4)](): pass",
    "class C[T](a:=3): pass",
    "def f[T: await x](): pass",
    "def f[__debug__](): pass",
    "class C[T]((yield)):pass",
    "def f[T=int, S](): pass",
    "def f[T](x:(yield)):pass",
    "type X[T]= await x",
    "def f[T]():\n nonlocal T\n T=3",
    "def f[T](x=(yield)): pass",
    "def f[T=(yield)](): pass",
    "type X[T]=[(yield) for a in b]",
    "type X = [x:=3 for y in z]",
    "type X=lambda: (yield)",
    "def f[*Ts=(a:=3)](): pass",
    "class C[T](await x): pass",
    "type = 3\ntype (x)\ntype[3] = 4",
):
    try:
        compile(source, "<s>", "exec")
        print("fine")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset)
