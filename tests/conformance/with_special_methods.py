"""How `with` finds its methods: on the type, of every kind, changed while it runs, with the hot loop around it."""
import threading


class Manager:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log.append("enter")
        return self

    def __exit__(self, *details):
        self.log.append(details[0] and details[0].__name__)
        return details[0] is KeyError


class Static:
    __enter__ = staticmethod(lambda: "static")
    __exit__ = classmethod(lambda cls, *details: details[0] is KeyError)


class Computed:
    @property
    def __enter__(self):
        return lambda: "computed"

    __exit__ = property(lambda self: lambda *details: None)


class Callable:
    def __call__(self, *arguments):
        return len(arguments)


class Objects:
    __enter__ = Callable()
    __exit__ = Callable()


def hot(n):
    log, lock, total = [], threading.Lock(), 0
    for i in range(n):
        with Manager(log) as manager, lock:
            total += len(manager.log) % 3 + lock.locked()
            if i % 7 == 3:
                raise_it = {}
                raise_it["missing"]
            total += 1
        if i % 100 == 99:
            log.clear()
        for _ in range(2):
            with manager:
                if i % 3:
                    continue
                if i % 5 == 1:
                    break
                total += 2
    return total, log[-5:]


def kinds(n):
    total = 0
    for i in range(n):
        for manager in (Static(), Computed(), Objects()):
            with manager as value:
                total += len(str(value))
        with Static():
            raise KeyError
    return total


def early(n):
    def leave(i):
        with Manager([]):
            if i % 2:
                return i
        return -i
    return sum(leave(i) for i in range(n))


print(hot(1000))
print(kinds(200), early(500))


class Changing:
    def __enter__(self):
        return 1

    def __exit__(self, *details):
        return None


def changing(n):
    seen = 0
    for i in range(n):
        if i == n // 2:
            Changing.__enter__ = lambda self: 100
        with Changing() as value:
            seen += value
            if i == n // 2 + 5:
                Changing.__exit__ = lambda self, *details: True
            if i > n // 2 + 10:
                raise ValueError
    return seen


print(changing(400))
instance = Changing()
instance.__enter__ = lambda: "of the instance"
with instance as value:
    print(value)
for bad in (1, object(), type("Half", (), {"__enter__": lambda self: 0})()):
    try:
        with bad:
            pass
    except TypeError as error:
        print(error)
try:
    with Objects() as value:
        print(value)
        raise ZeroDivisionError
except ZeroDivisionError as error:
    print("passed on")
