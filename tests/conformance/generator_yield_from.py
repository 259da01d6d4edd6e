# yield from: values, sends, throws and results pass through; recursion; plain iterables.
def leaf(n):
    received = []
    for i in range(n):
        received.append((yield i))
    return received


def branch(n):
    first = yield from leaf(n)
    second = yield from leaf(n)
    return first, second


g = branch(2)
print(next(g), g.send("a"), g.send("b"), g.send("c"))
try:
    g.send("d")
except StopIteration as stop:
    print(stop.value)


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


print(list(tree(4)), sum(tree(9)))


def catcher():
    while True:
        try:
            yield from leaf(1000)
            return
        except KeyError as error:
            yield f"caught {error}"


g = catcher()
total = 0
for i in range(600):
    value = next(g)
    if i % 100 == 99:
        print(g.throw(KeyError(i)), end=" ")
    else:
        total += value
print(total)


def plain():
    yield from [1, 2]
    yield from "ab"
    yield from {3: 4}
    yield from range(2)
    result = yield from ()
    yield result


print(list(plain()))


def bad():
    yield from 5


try:
    list(bad())
except TypeError as error:
    print(error)


def closing():
    try:
        yield from leaf(10)
    finally:
        print("closed inside")


g = closing()
next(g)
g.close()
