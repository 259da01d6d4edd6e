# Exceptions keep frames and their locals alive until the last reference is gone.
import sys
import weakref

log = []


class A:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


def fail(name):
    local = A(name)
    raise ValueError(name)


try:
    fail("one")
except ValueError as error:
    log.append("handler")
log.append("after")
print(log)
log.clear()
saved = None
try:
    fail("two")
except ValueError as error:
    saved = error
log.append("after")
print(log, saved.__traceback__.tb_next.tb_frame.f_locals["local"].name)
saved.__traceback__ = None
print(log)
log.clear()
for i in range(400):
    try:
        fail(i)
    except ValueError:
        log.append("h")
print(len(log), log[:4], log[-1])
log.clear()


class Weak(ValueError):
    pass


def chain():
    try:
        raise Weak(A("inner"))
    except ValueError:
        raise KeyError("outer")


try:
    chain()
except KeyError as error:
    context = weakref.ref(error.__context__)
    log.append(context() is not None)
log.append(context() is None)
print(log)
log.clear()
error = Weak("a reference")
reference = weakref.ref(error)
try:
    raise error
except ValueError:
    pass
del error
print(reference())


class Carries(Exception):
    pass


for i in range(200):
    try:
        raise Carries(A(i))
    except Carries as caught:
        last = caught.args[0].name
print(len(log), last)
