# Generators closed on drop: finally blocks, held locals, in loops and in containers.
log = []


class A:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append("del " + str(self.name))


def g(name):
    local = A(name)
    try:
        yield 1
        yield 2
    finally:
        log.append("finally " + str(name))


x = g("a")
next(x)
x = None
print(log)
log.clear()
for value in g("b"):
    break
print(log)
log.clear()
items = [g("c"), g("d"), g("unstarted")]
for item in items[:2]:
    next(item)
del item
items.clear()
print(log)
log.clear()


def consume():
    a = A("frame")
    for value in g("e"):
        return value


print(consume(), log)
log.clear()
x = g("f")
list(x)
log.append("exhausted")
del x
print(log)
log.clear()
for i in range(500):
    x = g(i)
    next(x)
print(len(log), log[:4])
log.clear()


def holder(argument):
    yield argument


h = holder(A("argument"))
next(h)
log.append("running")
h.close()
print(log)
log.clear()
expression = (y for y in [A("element")])
next(expression)
del expression
print(log)
