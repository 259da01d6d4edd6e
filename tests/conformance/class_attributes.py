# Class and instance attributes: shadowing, deletion, lookup through the mro.
class A:
    x = 1
    items = []

    def __init__(self):
        self.y = 2


a, b = A(), A()
a.x = 10
print(a.x, b.x, A.x, a.__dict__, vars(b))
del a.x
print(a.x, "x" in a.__dict__, hasattr(a, "z"), getattr(a, "z", "default"))
a.items.append(1)
print(b.items, A.items is a.items)
total = 0
for i in range(1000):
    total += a.x + b.x
    if i == 300:
        A.x = 5
    if i == 600:
        a.x = 100
    if i == 800:
        del a.x
    if i == 900:
        b.y = A
        A.x = 0.5
print(total)
for action in (lambda: a.z, lambda: A.z, lambda: delattr(a, "z"), lambda: a.x.z, lambda: delattr(A, "q"), lambda: setattr(5, "x", 1),
               lambda: setattr(int, "x", 1), lambda: setattr(object(), "x", 1), lambda: delattr(a, "x")):
    try:
        action()
    except (AttributeError, TypeError) as error:
        print(type(error).__name__, error)
a.__dict__["dynamic"] = "via dict"
print(a.dynamic, sorted(vars(a)))
a.__dict__ = {"fresh": 1}
print(a.fresh, hasattr(a, "y"), a.x)
