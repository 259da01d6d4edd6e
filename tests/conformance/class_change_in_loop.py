# Methods and class attributes replaced while a hot loop uses them.
class Base:
    def step(self, x):
        return x + 1

    factor = 1


class Derived(Base):
    pass


def run(object, rounds, changes):
    total = 0
    for i in range(rounds):
        if i in changes:
            changes[i]()
        total = object.step(total) * object.factor % 100003
    return total


d = Derived()
print(run(d, 1000, {}))
print(run(d, 1000, {500: lambda: setattr(Base, "step", lambda self, x: x + 2)}))
print(run(d, 1000, {500: lambda: setattr(Derived, "step", lambda self, x: x + 3)}))
print(run(d, 1000, {500: lambda: setattr(d, "step", lambda x: x + 4)}))
print(run(d, 1000, {400: lambda: delattr(d, "step"), 800: lambda: delattr(Derived, "step")}))
print(run(d, 1000, {300: lambda: setattr(Base, "factor", 2), 600: lambda: setattr(d, "factor", 3), 900: lambda: setattr(Base, "factor", 7)}))
print(run(d, 900, {450: lambda: setattr(Derived, "__bases__", (Other,))}) if "Other" in globals() else "no Other")


class Other(Base):
    def step(self, x):
        return x - 1


print(run(d, 900, {450: lambda: setattr(Derived, "__bases__", (Other,))}), Derived.__mro__[1].__name__)
calls = []
try:
    run(d, 500, {250: lambda: delattr(Other, "step"), 300: lambda: delattr(Base, "step")})
except AttributeError as error:
    print(error)
