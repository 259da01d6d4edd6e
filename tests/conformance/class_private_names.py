# Name mangling, nested classes, class scope rules, class bodies with loops.
class Outer:
    __secret = 1

    def __init__(self):
        self.__value = 5
        self.__dunder__ = 6

    def total(self):
        return self.__value + self.__secret + Outer.__secret + self.__dunder__

    class Inner:
        def get(self, other):
            return other._Outer__value

    squares = {}
    for i in range(5):
        squares[i] = i * i
    del i
    factor = 3
    scaled = [x for x in range(3)]
    first = factor


class Child(Outer):
    def __init__(self):
        super().__init__()
        self.__value = 100


o = Child()
print(o.total(), sorted(vars(o)), Outer.Inner().get(o), Outer.squares, hasattr(Outer, "i"), Outer.first, Outer.Inner.__qualname__)
total = 0
for i in range(800):
    o._Outer__value += i
    total += o.total()
print(total)
try:
    o.__value
except AttributeError as error:
    print(error)
x = "global"


def scope():
    x = "function"

    class C:
        y = x
        x = "class"
        z = [x for _ in range(1)]

        def f(self):
            return x
    return C.y, C.x, C.z, C().f()


try:
    print(scope())
except NameError as error:
    print(error)


class G:
    seen = x
    x = "class"
    later = x


print(G.seen, G.later)
