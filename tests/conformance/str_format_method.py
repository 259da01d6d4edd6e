# str.format: positions, names, attributes, items, conversions, nested specs.
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __format__(self, spec):
        return f"<{self.x},{self.y}:{spec}>"


point = Point(3, 4)
print("{} {}".format(1, "a"), "{1} {0} {1}".format("a", "b"), "{x}-{y}".format(x=1, y=2), "{0.x} {0.y}".format(point))
print("{0[1]} {0[2]} {d[key]}".format([5, 6, 7], d={"key": "v"}), "{!r} {!s} {!a}".format("é", "é", "é"), "{{}} {}".format(0))
print("{:>{}} {:{fill}^{width}}|".format("a", 5, "b", fill="*", width=7), "{:spec}".format(point), "{}".format(point))
print("{:<5}|{:>5}|{:^5}|{:5}|{:.2}".format("ab", "ab", "ab", "ab", "abcdef"), "{:05d} {:,}".format(42, 1234567))
total = 0
for i in range(500):
    total += len("{0}-{1:>{2}}-{p.x}".format(i, i * i, i % 9, p=point))
    point.x = i
print(total)
for template, arguments in (("{} {}", (1,)), ("{0} {}", (1, 2)), ("{", ()), ("}", ()), ("{x}", ()), ("{0.z}", (point,)),
                            ("{!x}", (1,)), ("{0[9]}", ([1],)), ("{:d}", ("a",))):
    try:
        print(template.format(*arguments))
    except (IndexError, ValueError, KeyError, AttributeError) as error:
        print(type(error).__name__, error)
print("{a} {b}".format_map({"a": 1, "b": 2}), format("x", ">3"), format(None), format(True, ""))
