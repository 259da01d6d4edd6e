# __new__ and __call__: singletons, other types returned, immutable subclasses, callable instances.
class Singleton:
    instance = None
    inits = 0

    def __new__(cls, *args):
        if cls.instance is None:
            cls.instance = super().__new__(cls)
        return cls.instance

    def __init__(self, *args):
        Singleton.inits += 1


class Number(int):
    def __new__(cls, value, scale=1):
        return super().__new__(cls, value * scale)

    def __add__(self, other):
        return Number(int(self) + int(other))


class Liar:
    def __new__(cls):
        return 42

    def __init__(self):
        print("never called")


class Adder:
    def __init__(self, n):
        self.n = n

    def __call__(self, x, *, k=0):
        return self.n + x + k


print(Singleton() is Singleton(1, 2), Singleton.inits, Liar(), Number(3, 4), type(Number(1) + 1).__name__)
adder = Adder(10)
total = Number(0)
for i in range(700):
    total = total + adder(i, k=1)
    adder.n += Singleton(i) is Singleton.instance
    if i == 500:
        Adder.__call__ = lambda self, x, k: -x
print(total, adder.n, Singleton.inits, callable(adder), callable(Liar()))
try:
    adder(1)
except TypeError as error:
    print(error)
for action in (lambda: object(1), lambda: Adder(), lambda: Number(), lambda: object.__new__(int), lambda: object.__new__(5), lambda: Adder.__new__()):
    try:
        action()
    except TypeError as error:
        print(error)
