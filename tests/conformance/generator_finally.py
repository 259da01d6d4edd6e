# finally blocks of generators run at close, at exhaustion, at drop and at an error.
log = []


def guarded(name, n):
    try:
        for i in range(n):
            yield i
    except ZeroDivisionError:
        log.append(name + " error")
        raise
    finally:
        log.append(name + " finally")


for i in guarded("exhausted", 2):
    pass
for i in guarded("broken", 5):
    break
print(log)
log.clear()
g = guarded("closed", 3)
next(g)
g.close()
g = guarded("dropped", 3)
next(g)
g = None
g = guarded("never started", 3)
del g
try:
    g = guarded("thrown", 3)
    next(g)
    g.throw(ZeroDivisionError)
except ZeroDivisionError:
    log.append("outside")
print(log)
log.clear()
for i in range(300):
    for value in guarded("hot", 10):
        if value == i % 5:
            break
print(len(log), set(log))
log.clear()


def first(n):
    for value in guarded("first", n):
        return value


print(sum(first(i + 1) for i in range(300)), len(log))


def yields_in_finally():
    try:
        yield 1
    finally:
        yield 2


g = yields_in_finally()
print(next(g))
try:
    g.close()
except RuntimeError as error:
    print(error)
