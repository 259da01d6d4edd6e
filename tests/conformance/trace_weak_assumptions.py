# A class changed between two runs of the same hot function, many times over.
class Shape:
    sides = 0

    def area(self):
        return self.sides


def total_area(shapes):
    total = 0
    for shape in shapes:
        total += shape.area()
    return total


shapes = [Shape() for _ in range(120)]
results = []
for version in range(12):
    if version % 3 == 0:
        Shape.sides = version
    elif version % 3 == 1:
        Shape.area = (lambda k: lambda self: self.sides * k)(version)
    else:
        shapes[version].sides = 1000
    results.append(total_area(shapes))
print(results)


def fresh_class(k):
    class Local:
        def value(self):
            return k
    return Local


def sum_of(objects):
    total = 0
    for o in objects:
        total += o.value()
    return total


print([sum_of([fresh_class(k)()] * 60) for k in range(15)])
print(sum_of([fresh_class(k)() for k in range(100)]))
namespace = {"value": lambda self: 1}
Dynamic = type("Dynamic", (), namespace)
objects = [Dynamic() for _ in range(100)]
print(sum_of(objects))
Dynamic.value = property(lambda self: lambda: 2)
print(sum_of(objects))
Dynamic.__getattribute__ = lambda self, name: lambda: 3
print(sum_of(objects))
del Dynamic.__getattribute__, Dynamic.value
Dynamic.__getattr__ = lambda self, name: lambda: 4
print(sum_of(objects))
objects[50].value = lambda: 1000
print(sum_of(objects))
