# Subclasses of tuple with named access, used in a hot loop beside plain tuples.
class Point(tuple):
    __slots__ = ()

    def __new__(cls, x, y):
        return tuple.__new__(cls, (x, y))

    @property
    def x(self):
        return self[0]

    @property
    def y(self):
        return self[1]

    def __add__(self, other):
        return Point(self.x + other[0], self.y + other[1])

    def __repr__(self):
        return f"Point({self.x}, {self.y})"


p = Point(0, 0)
for i in range(700):
    p = p + (Point(i, 1) if i % 3 else (i, -1))
print(p, p == (p.x, p.y), len(p), p[0], list(p), p[:1], type(p[:]).__name__, hash(p) == hash(tuple(p)))
x, y = p
print(x, y, isinstance(p, tuple), p < (10 ** 9, 0), {p: 1}[(x, y)], "%s %s" % p)
try:
    p.z = 1
except AttributeError as error:
    print(error)
try:
    p.x = 1
except AttributeError as error:
    print(error)
