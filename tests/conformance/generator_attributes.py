# State of generators seen from outside, and generator methods called in a hot loop.
def g(n):
    received = 0
    while n:
        received = (yield received + n) or 0
        n -= 1
    return "done"


x = g(3)
print(x.gi_running, x.gi_frame is not None, x.gi_yieldfrom, x.__name__, x.__qualname__, x.gi_code.co_name)
list(x)
print(x.gi_frame, x.gi_running)
x = g(1000)
next(x)
total = 0
for i in range(900):
    total += x.send(i)
print(total)
send = x.send
print(send(1), send(2), x.__next__())


def outer():
    yield from inner


inner = g(2)
o = outer()
next(o)
print(o.gi_yieldfrom is inner)


def running():
    yield me.gi_running


me = running()
print(next(me))


def local_generator():
    items = [1, 2, 3]
    generator = (item for item in items)
    items.append(4)
    rebound = items
    items = []
    return list(generator)


print(local_generator(), (lambda: (yield))().send(None), [*(i for i in "ab")])
try:
    g()
except TypeError as error:
    print(error)
try:
    (i for i in 5)
except TypeError as error:
    print(error)
