# Class patterns: __match_args__ of all sorts, names given twice, private names.
def tell(subject, source):
    names = {"s": subject, "C": type(subject), "y": None, "z": None, "object": object}
    try: exec("match s:\n  case " + source + ": r = y, z\n  case _: r = 'other'", names)
    except TypeError as e: return str(e)
    return names["r"]
def make(args, **names): return type("C", (), {"__match_args__": args, **names})()
for args in [(None,), (1,), (b"a",), ("a",), ("a", "a"), ("b", "a"), ["a"], "a", None, (), (("a",),), (type("S", (str,), {})("a"),)]:
    subject = make(args, a=1, b=2)
    print([tell(subject, source) for source in ("C()", "C(y)", "C(y, z)", "C(y, a=z)", "C(1, b=y)", "C(y, z, b=2)")])
class Boom:
    @property
    def __match_args__(self): return 1
    def __getattr__(self, name): raise AttributeError(name)
print(tell(Boom(), "C(y)"), tell(Boom(), "C(a=y)"), tell(5, "object(y)"), tell(5, "object(y, z)"), tell([5], "C(y, z)"), tell([5], "C(y)"))
class Private: __attr = "eggs"; _Outer__attr = "bacon"
p = Private(); setattr(p, "__attr", "spam")
class Outer:
    def f(self, x):
        match x:
            case Private(__attr=y): return y
    def g(self, x):
        match x:
            case {"k": __v}: return __v
    def h(self, x):
        match x:
            case [__a, *__rest] as __all: return __a, __rest, __all, sorted(locals())
print(Outer().f(p), Outer().g({"k": 1}), Outer().h([1, 2]))
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
def hot(n):
    total = 0
    for i in range(n):
        match Point(i, i % 3):
            case Point(x, 0): total += x
            case Point(x=a, y=1): total -= a
            case Point(y=b): total += b
    return total
print(hot(200))
def errors(n):
    count = 0
    bad = make((None,))
    for i in range(n):
        try:
            match bad:
                case bad.__class__(y) if False: pass
        except TypeError: count += 1
    return count
try: print(errors(1))
except BaseException as e: print(type(e).__name__, e)
