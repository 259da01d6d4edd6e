"""Attributes of classes that change while they are read: data, class methods, static methods, through subclasses and metaclasses."""
import sys
class Base:
    total = 0
    name = "base"
    thing = None
    @classmethod
    def bump(cls, k): cls.total += k; return cls.total
    @staticmethod
    def twice(x): return 2 * x
    @classmethod
    def make(cls): return cls.__name__
class Child(Base): pass
class Other(Base): total = 100
class Desc:
    def __get__(self, o, t): return ("desc", o is None)
class Meta(type):
    shared = 5
    def hello(cls): return cls.__name__ + "!"
class M(metaclass=Meta):
    own = 1
def run(n):
    out = []
    b, c, o = Base(), Child(), Other()
    for i in range(n):
        Base.total += 1
        b.bump(1); Child.bump(2); c.bump(3); o.bump(1); Other.bump(1)
        out.append((Base.total, Child.total, Other.total, b.total, c.total, o.total, b.name, Child.name))
        out.append((Base.twice(i), b.twice(i), c.twice(3), Base.make(), c.make(), Child.make()))
        if i == n // 3: Base.name = "changed"
        if i == n // 3 + 5: Base.name = Desc()
        if i == n // 3 + 9: Base.name = "back"
        if i == n // 2: Child.name = "child"
        if i == n // 2 + 5: del Child.name
        if i == n // 2 + 9: Base.twice = staticmethod(lambda x: 3 * x)
        if i == n // 2 + 12: Base.make = classmethod(lambda cls: "new " + cls.__name__)
        if i == n // 2 + 20: Base.make = 7; Base.make = classmethod(lambda cls: "again")
        Base.thing = i if i % 2 else float(i)
        out.append((b.thing, c.thing, Base.thing))
        M.own += 1; M.shared, M.hello()
        out.append((M.own, M.shared, M.hello()))
        Meta.shared = i
        b.f = Base.twice; out.append(b.f(2))
        k = Base.bump; out.append(k(1)); m = c.bump; out.append(m(1))
    return out
r = run(int(sys.argv[1]) if sys.argv[1:] else 200)
total = 0
for x in r: total = (total * 31 + sum(map(ord, repr(x)))) % 1000003
print(len(r), total, r[0], r[-1])
class S:
    v = 1
    sm = staticmethod(len)
def f():
    return [S.sm("ab"), S().sm("abc")]
for _ in range(50): f()
S.__dict__["sm"].__init__(max)
print(f())
for _ in range(50): f()
import gc
big = [object() for _ in range(10)]
class H: x = "a" * 1000
def g(): return H.x, H().x
for i in range(200):
    g(); H.x = str(i) * 300
print(len(g()[0]), g()[1][:6])
