# Each generator keeps its own current exception; handlers see the right one.
import sys


def inner():
    try:
        raise KeyError("inner")
    except KeyError:
        yield repr(sys.exception())
        yield repr(sys.exception())


def plain():
    yield repr(sys.exception())


try:
    raise ValueError("outer")
except ValueError:
    generator = inner()
    print(next(generator), repr(sys.exception()), next(plain()))
print(next(generator), sys.exception())
counts = {}
for i in range(300):
    try:
        if i % 2:
            raise IndexError(i)
        g = inner()
        next(g)
        name = repr(sys.exception())
    except IndexError:
        g = plain()
        name = "handled " + str(next(g) == repr(IndexError(i)))
    counts[name] = counts.get(name, 0) + 1
print(counts)


def relay():
    while True:
        try:
            yield
        except ValueError as error:
            try:
                raise TypeError("from handler")
            except TypeError as second:
                assert second.__context__ is error


r = relay()
next(r)
for i in range(300):
    r.throw(ValueError(i))
print(sys.exception())
