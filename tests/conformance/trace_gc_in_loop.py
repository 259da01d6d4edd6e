# Collections in the middle of hot loops must find everything that is in use, and no more.
import gc
import weakref


class Node:
    def __init__(self, value):
        self.value = value
        self.link = self


def run(rounds):
    total = 0
    held = None
    references = []
    for i in range(rounds):
        node = Node(i)
        pair = (node, [node])
        held = pair if i % 2 else held
        if i % 100 == 50:
            references.append(weakref.ref(node))
            gc.collect()
        total += pair[1][0].value + (held[0].value if held else 0)
    node = pair = held = None
    gc.collect()
    return total, sum(r() is not None for r in references)


print(run(600))


def with_closures(rounds):
    total = 0
    for i in range(rounds):
        box = [i]
        f = lambda: (box[0], f)
        if i % 60 == 0:
            gc.collect()
        total += f()[0]
    return total


print(with_closures(400))


def with_generator():
    cycle = []

    def g():
        me = yield
        cycle.append(me)
        for i in range(300):
            if i % 50 == 0:
                gc.collect(0)
            yield i
    generator = g()
    next(generator)
    total = generator.send(generator)
    for value in generator:
        total += value
    return total


print(with_generator(), gc.get_count()[0] >= 0, len(gc.get_threshold()))
callbacks = []
gc.callbacks.append(lambda phase, info: callbacks.append(phase))
gc.collect()
gc.callbacks.clear()
print(callbacks)
