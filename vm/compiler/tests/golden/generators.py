def f(x):
    y = yield
    z = yield x + y
    yield from z
    return (yield from x)
