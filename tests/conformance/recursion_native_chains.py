"""Deep chains of builtin iterators: walked to their end, or a RecursionError; never an overflow of the native stack."""
N = 20000


def chain(f, x, n=N):
    for _ in range(n):
        x = f(x)
    return x


def show(name, f):
    try:
        r = f()
    except RecursionError:
        r = "RecursionError"
    print(name, r)


show("zip", lambda: list(chain(zip, [])))
show("zip of two", lambda: list(chain(lambda x: zip(x, x), [], 10)))
show("zip of three", lambda: list(chain(lambda x: zip(x, [], []), [])))
show("enumerate", lambda: list(chain(enumerate, [])))
show("filter", lambda: list(chain(lambda x: filter(None, x), [1, 0, 2])))
show("map", lambda: list(chain(lambda x: map(int, x), [])))
show("mixed", lambda: list(chain(lambda x: zip(filter(None, x)), [])))
show("next", lambda: next(chain(zip, []), 5))
show("for", lambda: [1 for x in chain(zip, [])])
show("in", lambda: 5 in chain(lambda x: filter(None, x), [1, 0, 2]))
show("sum", lambda: sum(chain(lambda x: filter(None, x), [1, 0, 2])))
show("join", lambda: "".join(chain(lambda x: filter(None, x), ["a", "", "b"])))
show("sorted", lambda: sorted(chain(lambda x: filter(None, x), [2, 0, 1])))
show("set", lambda: set(chain(zip, [])))
