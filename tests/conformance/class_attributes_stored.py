"""Stores to attributes of classes: plain data in place of plain data, and all that is not; who sees them."""
import weakref


class Meta(type):
    guarded = property(lambda cls: "meta", lambda cls, value: log.append(("meta", value)))

    def __setattr__(cls, name, value):
        if name == "watched":
            log.append(value)
        super().__setattr__(name, value)


class Base:
    count = 0
    name = "base"
    items = None


class Derived(Base):
    pass


class Watched(metaclass=Meta):
    watched = 0
    guarded = 1


log = []


def hot(n):
    for i in range(n):
        Base.count += 1
        Derived.count  # the base's
        if i % 100 == 50:
            Derived.own = i
        if i == n // 2:
            Base.name = lambda self: "method"
        if i == n // 2 + 3:
            Base.name = "again"
        Base.items = [i]
        Watched.watched = i % 3
        Watched.guarded = i
        if i % 250 == 0:
            print(i, Base.count, Derived.count, Derived().count, getattr(Derived, "own", None), isinstance(getattr(Derived(), "name"), str))


hot(1000)
print(Base.count, Derived.__dict__.get("count"), len(log), log[-4:], Watched.watched, Base.items)


class Noisy:
    def __del__(self):
        log.append(("gone", Base.count))
        Base.count = "changed by a finalizer"


def replaced(n):
    seen = []
    for i in range(n):
        Base.items = [Noisy()] if i == n - 2 else i
        if i >= n - 3:
            seen.append(Base.count)
    return seen


Base.count = 5
print(replaced(500), log[-1], Base.count)


def deleted(n):
    found = 0
    for i in range(n):
        Derived.count = i
        found += Derived.count
        if i % 50 == 49:
            del Derived.count
            found += isinstance(Derived.count, str)
    return found


print(deleted(400))


def made(n):
    values = []
    for i in range(n):
        class Fresh:
            total = 1
        Fresh.total = i
        Fresh.total += 1
        values.append(Fresh.total + Fresh().total)
        kept = weakref.ref(Fresh)
    return sum(values), kept() is not None


print(made(300))
try:
    int.real = 1
except TypeError as error:
    print(error)
