# staticmethod and classmethod: calls through class, instance and subclass.
class Shape:
    registry = []

    def __init__(self, name):
        self.name = name

    @staticmethod
    def area(w, h=1):
        return w * h

    @classmethod
    def create(cls, name):
        shape = cls(name)
        cls.registry.append(cls.__name__)
        return shape

    @classmethod
    def label(cls):
        return cls.__name__ * 2


class Square(Shape):
    registry = []

    @staticmethod
    def area(w):
        return w * w


total = 0
for i in range(700):
    kind = Shape if i % 3 else Square
    total += kind.area(i) + len(kind.label()) + kind.create("s").area(2)
print(total, len(Shape.registry), len(Square.registry), Square.registry[0])
print(Shape("x").label(), Square("y").area(3), Shape.__dict__["area"].__func__(2, 3), type(Shape.__dict__["create"]).__name__)
print(Shape.create.__self__ is Shape, Square.create.__self__ is Square, staticmethod(len)([1]), Shape.area is Shape("q").area)
for i in range(400):
    total += Shape.area(i)
    if i == 200:
        Shape.area = staticmethod(lambda w, h=2: -w)
    if i == 300:
        Shape.area = classmethod(lambda cls, w: len(cls.__name__))
print(total)
try:
    Shape.create()
except TypeError as error:
    print(error)
