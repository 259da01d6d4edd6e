# Closures: shared cells, late binding, nonlocal, cells changed during a hot loop.
def counter(start):
    value = start

    def increment(step=1):
        nonlocal value
        value += step
        return value

    def read():
        return value

    return increment, read


increment, read = counter(10)
other, _ = counter(0)
for i in range(1000):
    increment(i & 3)
    if i == 700:
        increment(0.5)
print(read(), other(), other(), increment.__closure__[0].cell_contents == read())
print([f() for f in [lambda: i for i in range(3)]], [f() for f in [lambda i=i: i for i in range(3)]])


def switch(rounds):
    mode = 1

    def step(x):
        return x + mode

    total = 0
    for i in range(rounds):
        total = step(total)
        if i == rounds // 2:
            mode = 3
        if i == rounds - 5:
            mode = "done"
            break
    return total, mode, step.__closure__[0].cell_contents


print(switch(800))


def outer():
    x = "outer"

    def middle():
        def inner():
            nonlocal x
            x = x + "+inner"
            return x
        return inner
    inner = middle()
    inner()
    return inner(), x


print(outer())


def unbound():
    def get():
        return late
    try:
        get()
    except NameError as error:
        print(error)
    late = 1
    print(get())
    del late
    try:
        get()
    except NameError as error:
        print(type(error).__name__, error)


unbound()
