# send, throw, close and the errors around them.
def averager():
    total = count = 0
    average = None
    while True:
        try:
            value = yield average
        except ValueError as error:
            average = f"reset by {error}"
            total = count = 0
            continue
        if value is None:
            return total
        total += value
        count += 1
        average = total / count


g = averager()
print(next(g), g.send(10), g.send(20), g.throw(ValueError("me")), g.send(5))
try:
    g.send(None)
except StopIteration as stop:
    print("returned", stop.value)
g = averager()
try:
    g.send(1)
except TypeError as error:
    print(error)
next(g)
for i in range(1000):
    last = g.send(i if i < 700 else i / 2)
    if i % 300 == 299:
        g.throw(ValueError(i))
print(last)
g.close()
print(next(g, "closed"))
try:
    g.throw(KeyError("after close"))
except KeyError as error:
    print(error)


def stubborn():
    for _ in range(2):
        try:
            yield 1
        except GeneratorExit:
            pass


s = stubborn()
next(s)
try:
    s.close()
except RuntimeError as error:
    print(error)


def polite():
    try:
        yield 1
    except GeneratorExit:
        return 9


p = polite()
next(p)
print(p.close(), polite().close())


def reentrant():
    yield next(me)


me = reentrant()
try:
    next(me)
except ValueError as error:
    print(error)
for bad in (5, "x"):
    try:
        averager().throw(bad)
    except TypeError as error:
        print(error)
