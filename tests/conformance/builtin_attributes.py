# getattr, setattr, hasattr, delattr, vars, dir, callable with computed names in hot loops.
class A:
    x = 1

    def __init__(self):
        self.y = 2

    def m(self):
        return self.y

    @property
    def bad(self):
        raise AttributeError("from inside")

    @property
    def worse(self):
        raise ValueError("not an AttributeError")


a = A()
print(getattr(a, "x"), getattr(a, "nope", None), hasattr(a, "y"), hasattr(a, "bad"), getattr(a, "bad", "default"), vars(a), callable(a.m), callable(a), callable(A))
try:
    hasattr(a, "worse")
except ValueError as error:
    print(error)
total = 0
names = ["x", "y", "m", "z"]
for i in range(1000):
    name = names[i % 4]
    value = getattr(a, name, 0)
    total += value() if callable(value) else value
    if i % 50 == 49:
        setattr(a, names[i // 50 % 4] if i // 50 % 4 != 2 else "w", i)
    if i == 800:
        delattr(a, "z")
print(total, sorted(vars(a)))
print([n for n in dir(a) if not n.startswith("_")], "x" in dir(A), sorted(n for n in vars(A) if not n.startswith("_")))
for make in (lambda: getattr(a, "q"), lambda: getattr(a, 5), lambda: setattr(a, 5, 1), lambda: delattr(a, "q"), lambda: vars(5), lambda: getattr(), lambda: setattr(a, "bad", 1)):
    try:
        make()
    except (AttributeError, TypeError) as error:
        print(type(error).__name__, error)


def function_locals():
    first, second = 1, 2
    return sorted(locals()), dir()


print(function_locals())
