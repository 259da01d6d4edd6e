"""Instances of plain classes, tuples and iterators made and destroyed in hot loops: what they own goes with them, once,
and in order."""
import gc
import sys
import weakref


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Empty:
    __slots__ = ()


class One:
    __slots__ = ("only",)

    def __init__(self, only):
        self.only = only


class Three:
    __slots__ = ("a", "b", "c")

    def __init__(self, a, b, c):
        self.a = a
        self.b = b
        self.c = c


class Wide:
    pass


class Loud:
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        Loud.log.append(self.name)


def numbers(count):
    total = 0.0
    for number in range(count):
        point = Point(number, number * 0.5)
        total += point.x + point.y
        Empty()
        One(number)
        three = Three(number, None, "text")
        total += three.a
    return total


print(numbers(3000))


def shared(count):
    kept = Point(1, 2)
    before = sys.getrefcount(kept)
    for number in range(count):
        point = Point(kept, kept)
        pair = (kept, point, number)
        One(pair)
        for item in [kept, kept]:
            item.x = number
        del point, pair, item
    return sys.getrefcount(kept) - before, kept.x


print(shared(3000))


def own_class(count):
    class Local:
        def __init__(self):
            self.kind = type(self)
            self.again = Local

    before = sys.getrefcount(Local)
    for _ in range(count):
        Local()
    after = sys.getrefcount(Local)
    reference = weakref.ref(Local)
    del Local
    gc.collect()
    return after - before, reference() is None


print(own_class(3000))


def last_of_class():
    class Local:
        pass

    found = Local()
    found.number = 1
    reference = weakref.ref(Local)
    del Local
    gc.collect()
    print(reference() is not None)
    del found
    gc.collect()
    return reference() is None


print(last_of_class())


def order(count):
    """The order in which attributes and items die, also when one is shared with a dying sibling."""
    for number in range(count):
        Loud.log.clear()
        shared_one = Loud("shared")
        inner = Point(shared_one, Loud("inner"))
        outer = Point(inner, shared_one)
        last = Three(Loud("a"), outer, Loud("c"))
        pair = (Loud("first"), last, Loud("last"))
        del shared_one, inner, outer, last
        del pair
    return Loud.log


print(order(2000))


def sharing_order(count):
    for number in range(count):
        Loud.log.clear()
        x = Loud("x")
        holder = Three(x, Point(Loud("p"), x), x)
        other = (x, [x], Loud("z"))
        del x
        del holder
        Loud.log.append("|")
        del other
    return Loud.log


print(sharing_order(2000))


def weakly(count):
    dead = 0
    called = []
    for number in range(count):
        point = Point(number, None)
        reference = weakref.ref(point, called.append) if number % 3 == 0 else None
        del point
        if reference is not None and reference() is None:
            dead += 1
    return dead, len(called)


print(weakly(3000))


def grown(count):
    """Attributes beyond those that the class expects, dicts, and classes that learn."""
    total = 0
    for number in range(count):
        wide = Wide()
        for name in ("a", "b", "c", "d", "e", "f", "g"):
            setattr(wide, name, Point(number, name))
        if number % 5 == 0:
            wide.__dict__["h"] = Point(number, None)
        total += wide.g.x
    return total


print(grown(2000))


class Changing:
    def __init__(self, value):
        self.value = value


def finalizer_added(count):
    Loud.log.clear()
    for number in range(count):
        Changing(Loud("inside"))
        if number == count // 2:
            Changing.__del__ = lambda self: Loud.log.append("changing")
    return len(Loud.log), Loud.log[-2:]


print(finalizer_added(3000))


def chain(length):
    head = None
    for _ in range(length):
        head = Point(head, None)
    count = 0
    for _ in range(3):
        other = Point(head, head)
        count += 1
    del other
    del head
    return count


print(chain(200000))


def cycles(count):
    references = []
    for number in range(count):
        a = Point(None, number)
        b = Point(a, number)
        a.x = b
        if number % 500 == 0:
            references.append(weakref.ref(a))
    del a, b
    gc.collect()
    return [reference() is None for reference in references]


print(cycles(3000))
