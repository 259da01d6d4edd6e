# Function attributes and identity; bound methods; functions as values.
def f(a, b=2, *c, d=4, **e):
    "Documentation."
    local = a
    return local


print(f.__name__, f.__qualname__, f.__doc__, f.__defaults__, f.__kwdefaults__, f.__module__, f.__closure__)
print(f.__code__.co_argcount, f.__code__.co_kwonlyargcount, f.__code__.co_varnames, f.__code__.co_name, f.__annotations__)
f.extra = 1
f.extra += 1
print(f.extra, f.__dict__, hasattr(f, "missing"), callable(f), type(f).__name__, (lambda: 0).__name__)


class C:
    def m(self, x):
        return self.n + x

    n = 5


c = C()
bound = c.m
print(bound.__name__, bound.__self__ is c, bound.__func__ is C.m, bound == c.m, bound is c.m, bound(1), C.m(c, 2), C.m.__qualname__)
total = 0
methods = [c.m, f, abs, lambda x: -x, int, str.__len__]
for i in range(900):
    function = methods[i % 5]
    total += function(i)
    c.n = i % 11
    total += bound(0)
print(total)


def outer():
    def inner():
        pass
    return inner


print(outer().__qualname__, outer() is outer(), outer().__code__ is outer().__code__)
f.__code__ = (lambda a, b=2, *c, d=4, **e: (a, "replaced")).__code__
print(f(1), f.__name__)
