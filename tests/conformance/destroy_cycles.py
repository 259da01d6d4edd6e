# Cycles are found by gc.collect(), with __del__ and weakrefs.
import gc
import weakref

gc.disable()
log = []


class Node:
    def __init__(self, name):
        self.name = name
        self.other = None

    def __del__(self):
        log.append(self.name)


def cycle(name):
    a, b = Node(name + "1"), Node(name + "2")
    a.other, b.other = b, a
    return weakref.ref(a)


r = cycle("x")
print(log, r() is not None)
gc.collect()
print(sorted(log), r())
log.clear()
references = [cycle(str(i)) for i in range(200)]
print(len(log), sum(r() is not None for r in references))
gc.collect()
print(len(log), sum(r() is not None for r in references))
log.clear()
n = Node("self")
n.other = n
del n
print(log)
gc.collect()
print(log)
log.clear()


def closure_cycle():
    kept = Node("closure")

    def inner():
        return inner, kept
    return weakref.ref(kept)


r = closure_cycle()
print(r() is None, gc.collect() > 0, r() is None)
items = []
items.append(items)
item_reference = Node("in list")
items.append(item_reference)
r = weakref.ref(item_reference)
del items, item_reference
gc.collect()
print(r(), log)
n = Node("broken by hand")
n.other = n
n.other = None
del n
print(log[-1], gc.isenabled())
gc.enable()
for i in range(3000):
    a = [i]
    a.append(a)
print(len(a), a[1] is a)
