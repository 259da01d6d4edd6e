# __getattr__, __getattribute__, __setattr__, __delattr__.
class Lazy:
    def __init__(self):
        self.real = 1
        self.misses = 0

    def __getattr__(self, name):
        self.__dict__["misses"] += 1
        if name.startswith("auto_"):
            return len(name)
        raise AttributeError(f"no {name} here")


lazy = Lazy()
total = 0
for i in range(800):
    total += lazy.real + lazy.auto_x
    if i == 500:
        lazy.auto_x = 100
print(total, lazy.misses, hasattr(lazy, "other"), getattr(lazy, "other", "d"), lazy.misses)
try:
    lazy.gone
except AttributeError as error:
    print(error)


class Guarded:
    def __init__(self):
        object.__setattr__(self, "log", [])

    def __setattr__(self, name, value):
        self.log.append(("set", name))
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        self.log.append(("del", name))
        super().__delattr__(name)

    def __getattribute__(self, name):
        if name == "magic":
            return 42
        return super().__getattribute__(name)


g = Guarded()
g.a = 1
del g.a
print(g.log, g.magic, sum(g.magic for _ in range(300)))
for i in range(300):
    g.n = i
print(len(g.log), g.n)
Guarded.__setattr__ = object.__setattr__
g.n = 5
print(len(g.log))
Lazy.__getattr__ = lambda self, name: name.upper()
print(lazy.anything, [lazy.auto_y for _ in range(2)])
del Lazy.__getattr__
print(hasattr(lazy, "anything"))
