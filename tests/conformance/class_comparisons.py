# Rich comparisons: reflection, NotImplemented, default equality, non-bool results.
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n if isinstance(other, Version) else NotImplemented

    def __lt__(self, other):
        return self.n < other.n if isinstance(other, Version) else NotImplemented

    def __ge__(self, other):
        return "ge!" if isinstance(other, int) else NotImplemented


a, b = Version(1), Version(2)
print(a == b, a != b, a == Version(1), a < b, a > b, b > a, a == 1, a != 1, a >= 3, 3 <= a, a == None)
for action in (lambda: a < 1, lambda: a <= b, lambda: 1 < a, lambda: hash(a), lambda: {a}):
    try:
        print(action())
    except TypeError as error:
        print(error)
versions = [Version(i * 7 % 50) for i in range(50)]
print([v.n for v in sorted(versions)[:5]], max(versions).n, min(versions).n, versions.index(Version(49)), Version(3) in versions)
count = 0
for i in range(600):
    left, right = versions[i % 50], versions[i * 3 % 50]
    count += left < right
    count += 2 * (left > right)
    if left == right:
        count += 100
print(count)


class Vector:
    def __init__(self, *v):
        self.v = v

    def __eq__(self, other):
        return [x == y for x, y in zip(self.v, other.v)]

    __hash__ = object.__hash__


print(Vector(1, 2) == Vector(1, 3), Vector(1) != Vector(1), len({Vector(1), Vector(1)}), 1 < 2 < 3 > 2, 1 < 3 < 2)


class Plain:
    pass


p = Plain()
print(p == p, p != p, p == Plain(), isinstance(hash(p), int), object() == object())
