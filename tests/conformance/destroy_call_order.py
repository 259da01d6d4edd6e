# Locals die at function exit in the order of the frame; arguments, exceptions, returns.
class A:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, end="; ")


def locals_die():
    a = A("a")
    b = A("b")
    c = A("c")
    print("leaving", end="; ")


def reassigned():
    a = A("a1")
    a = A("a2")
    del a
    a = A("a3")
    return "returned"


def returned():
    a = A("kept")
    b = A("dropped")
    return a


def raising():
    a = A("raising a")
    raise ValueError


def arguments(x, y, *z):
    print("body", end="; ")


locals_die()
print()
print(reassigned())
r = returned()
print("got", r.name)
r = None
print()
arguments(A(1), A(2), A(3), A(4))
print()
try:
    raising()
except ValueError:
    print("handler", end="; ")
print("after handler")
error = None
try:
    raising()
except ValueError as e:
    error = e
print("kept by the traceback")
error = None
print("released")


def nested():
    outer = A("outer")

    def inner():
        local = A("inner")
        return outer.name
    inner()
    print("inner done", end="; ")


nested()
print()
for i in range(3):
    locals_die()
    print()
