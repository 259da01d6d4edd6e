"""isinstance by what objects say of themselves; dir by what they answer."""


class C:
    x = 1


class D(C):
    y = 2


class Proxy:
    def __init__(s, o): s.__o = o
    def __getattribute__(s, n):
        if n.startswith("_Proxy__"): return object.__getattribute__(s, n)
        return getattr(s.__o, n)


class ByProperty:
    @property
    def __class__(s): return int


class ByAttribute:
    __class__ = C


class ByGetattr:
    def __getattr__(s, n): return D


class Raises:
    @property
    def __class__(s): raise ValueError("no class")


class Absent:
    @property
    def __class__(s): raise AttributeError("no class")


class NoClass:
    __class__ = 5


class Late:
    pass


objects = [C(), D(), Proxy(C()), Proxy(D()), Proxy(5), Proxy(Proxy(C())), ByProperty(), ByAttribute(), ByGetattr(), Raises(), Absent(), NoClass(), 5, "a", None, C, type]
classes = [C, D, Proxy, int, object, type, ByProperty, (C, int), (D, (str, C)), int | str, NoClass, type(None)]


def test(o, c):
    try: return isinstance(o, c)
    except Exception as e: return type(e).__name__ + str(e)


def one(o): return isinstance(o, C)


for o in objects:
    print(type(o).__name__, [test(o, c) for c in classes])
for _ in range(3):
    print([one(o) for o in objects if type(o) is not Raises for _ in range(3)])
late = Late()
seen = []
for i in range(200):
    if i == 150: Late.__getattribute__ = lambda s, n: D
    if i == 170: del Late.__getattribute__
    if i == 180: Late.__getattribute__ = lambda s, n: int
    seen.append(isinstance(late, C))
print(seen.index(True), seen.count(True), seen[165], seen[175], seen[190])


class HasDir:
    def __init__(s, r): s.r = r
    def __dir__(s): return s.r


def listed(o):
    try: return dir(o)[-3:]
    except Exception as e: return type(e).__name__ + ": " + str(e)


print([listed(HasDir(r)) for r in (5, ["b", "a"], ("z", "y"), "hello", {"k": 1}, {3, 1}, [1, "a"], None, iter("ba"))])
M = type(__import__("sys"))


class M2(M):
    __dict__ = property(lambda s: "not a dict")


class M3(M):
    __dict__ = property(lambda s: {"only": 1})


class M4(M):
    def __dir__(s): return ["mine"]


m = M("m")
m.__dir__ = lambda: ["b", "a"]
print(listed(M2("m")), listed(M3("m")), listed(M4("m")), listed(m), listed(M("m")))


class NoDict:
    __slots__ = ("s",)


class FakeDict:
    @property
    def __dict__(s): return {"q": 1, "zz": 2}


class OddDict:
    @property
    def __dict__(s): return 7


class ClassSays:
    @property
    def __class__(s): return D


class Meta(type):
    def __dir__(c): return ["meta"]


class WithMeta(metaclass=Meta):
    pass


p = Proxy(D())
print(listed(NoDict()), listed(FakeDict()), "q" in dir(FakeDict()), listed(OddDict()), "y" in dir(ClassSays()), listed(WithMeta), "y" in dir(p), "x" in dir(p), "_Proxy__o" in dir(p))
o = C()
o.zzz = 1
o.__dict__[5] = 1
print(listed(o))
del o.__dict__[5]
print(listed(o), dir(D)[-2:], "mro" in dir(type), "mro" in dir(D))
