"""Operations on builtin objects that hold each other many levels deep: their result or an exception; never an overflow of the native
stack."""
import sys
import weakref

N = 20000


def chain(f, x, n=N):
    for _ in range(n):
        x = f(x)
    return x


Proxy, Alias = type(type.__dict__), type(list[int])
deep = {
    "list": lambda: chain(lambda x: [x], []),
    "tuple": lambda: chain(lambda x: (x,), (int,)),
    "dict": lambda: chain(lambda x: {1: x}, {}),
    "slice": lambda: chain(lambda x: slice(x, None), 1),
    "proxy": lambda: chain(Proxy, {}),
    "alias": lambda: chain(lambda x: list[x], int),
    "origin": lambda: chain(lambda x: Alias(x, int), list),
    "static": lambda: chain(staticmethod, len),
    "property": lambda: chain(property, len),
    "exception": lambda: chain(ValueError, 1),
    "bound": lambda: chain(lambda x: [x].append, 1),
    "wrapper": lambda: chain(lambda x: x.__str__, 1),
    "frozenset": lambda: chain(lambda x: frozenset([x]), 1),
    "weak": lambda: chain(lambda x: weakref.ref(chain, x), None),
}
uses = (hash, len, bool, iter, list, lambda x: x == x, lambda x: x < x, lambda x: 1 in x, lambda x: x[0],
        lambda x: x.nothing, lambda x: isinstance(1, x), lambda x: issubclass(int, x), lambda x: x(), dir,
        lambda x: x | {}, lambda x: {} | x, lambda x: x.__doc__, lambda x: x.__isabstractmethod__,
        lambda x: {x: 1}, lambda x: x + x, lambda x: reversed(x), lambda x: x.copy(), lambda x: x.keys(),
        lambda x: x.__class__, lambda x: x.__name__, lambda x: x.__get__(1, int), lambda x: x.__parameters__,
        lambda x: x[int], lambda x: dict(x), lambda x: set(x), lambda x: tuple(x), lambda x: type("N", (x,), {}))
ours = sys.implementation.name == "sidewinder"
for name, make in deep.items():
    for use in uses if ours else ():
        x = make() if use is uses[0] else x
        try:
            use(x)
        except Exception:
            pass
    x = None
    print(name, "survived")
