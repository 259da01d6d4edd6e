# type, isinstance, issubclass, id, is: semantics and type errors.
print(type(1), type(1.0), type("a"), type(None), type([]), type(print), type(lambda: 0), type(type), type(...), type(range(1)), type({}.keys()), type(iter([])))
print(isinstance(1, int), isinstance(True, int), isinstance(1, (str, (int,))), isinstance(1, int | str), issubclass(bool, int), issubclass(int, object), isinstance(int, type))
a = [1]
b = a
c = [1]
print(a is b, a is c, a is not c, id(a) == id(b), id(a) == id(c), None is None, type(a) is list, (a is b) == (id(a) == id(b)))


class Base:
    pass


class Child(Base):
    pass


values = [1, "a", 2.5, None, [1], (1,), {1: 2}, {1}, True, Base(), Child(), int, len]
counts = {}
for i in range(1300):
    value = values[i % 13 if i > 500 else i % 3]
    if isinstance(value, (int, float)):
        key = "number"
    elif type(value) is str:
        key = "text"
    elif isinstance(value, Base):
        key = "child" if type(value) is Child else "base"
    else:
        key = "other"
    counts[key] = counts.get(key, 0) + 1
print(counts)
x = Base()
hits = 0
for i in range(600):
    hits += isinstance(x, Child)
    if i == 300:
        x.__class__ = Child
print(hits)
for make in (lambda: isinstance(1, "int"), lambda: issubclass(1, int), lambda: isinstance(1, (int, 5)), lambda: isinstance("a", (int, 5)), lambda: issubclass(int, 5), lambda: type(), lambda: type(1, 2)):
    try:
        print(make())
    except TypeError as error:
        print(error)
