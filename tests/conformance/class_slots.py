# __slots__: storage, errors, inheritance, defaults of descriptors, deletion.
class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def move(self, dx):
        self.x += dx
        return self


class Point3(Point):
    __slots__ = ("z",)


class Open(Point):
    pass


p = Point(1, 2)
for i in range(1000):
    p.move(i).y = p.x - p.y
print(p.x, p.y, hasattr(p, "__dict__"), Point.x.__name__, type(Point.x).__name__)
q = Point3(1, 2)
q.z = 3
o = Open(1, 2)
o.extra = 5
print(q.x + q.y + q.z, o.__dict__, o.x)
for action in (lambda: setattr(p, "z", 1), lambda: Point3(1, 2).z, lambda: delattr(q, "w"), lambda: Point.x.__get__(5), lambda: Point.x.__set__(5, 1)):
    try:
        action()
    except (AttributeError, TypeError) as error:
        print(type(error).__name__, error)
del p.x
try:
    p.x
except AttributeError as error:
    print(error)
total = 0
points = [Point(i, 1), Point3(2, i), Open(i, i)]
for i in range(600):
    point = points[i % 3]
    point.x = point.x + point.y
    total += point.x
print(total)
try:
    class Conflict:
        __slots__ = ("a",)
        a = 1
except ValueError as error:
    print(error)
