# Class patterns: attributes, __match_args__, built-in types, inheritance, errors.
class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Point3(Point):
    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z


class Circle:
    def __init__(self, center, radius):
        self.center, self.radius = center, radius


def describe(shape):
    match shape:
        case Point(0, 0):
            return "origin"
        case Point3(x=x, z=z):
            return f"3d {x} {z}"
        case Point(x, 0):
            return f"on x {x}"
        case Point(x=0, y=y) | Circle(center=Point(0, y)):
            return f"zero x {y}"
        case Circle(center=Point(a, b) as c, radius=r) if r > a:
            return f"circle {a} {b} {r} {c is shape.center}"
        case int(n) | float(n):
            return f"number {n}"
        case str(s) if len(s) > 2:
            return f"text {s}"
        case list([x, *_]) | tuple((x, *_)):
            return f"starts {x}"
        case object():
            return "object"


shapes = [Point(0, 0), Point(5, 0), Point(0, 7), Point(1, 1), Point3(1, 2, 3), Circle(Point(0, 9), 1), Circle(Point(2, 3), 5), Circle(1, 2), 5, 2.5, True, "abc", "ab", [4], (6, 7), [], None]
for shape in shapes:
    print(describe(shape))
total = 0
for i in range(1000):
    total += len(describe(shapes[i % (4 if i < 500 else 17)]))
    if i == 700:
        Point.__match_args__ = ("y", "x")
print(total, describe(Point(5, 0)), describe(Point(0, 7)))
try:
    match Point(1, 2):
        case Point(1, 2, 3):
            pass
except TypeError as error:
    print(error)
try:
    match Circle(1, 2):
        case Circle(1):
            pass
except TypeError as error:
    print(error)
five = 5
try:
    match five:
        case five.x():
            pass
except AttributeError as error:
    print(error)
