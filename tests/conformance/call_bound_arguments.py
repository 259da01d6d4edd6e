"""Calls whose arguments are bound by name, by default, or by stars; and those that cannot be bound."""
def defaults(i, b=1, c=2): return i + b + c
def kwonly(i, *, step=1, z): return i + step + z
def var(*a): return a[0] + len(a)
def vark(**k): return k["i"] + len(k)
def mix(a, /, b, *rest, c=5, **kw): return (a, b, rest, c, sorted(kw.items()))
class P:
    def __init__(self, x, y=2, *, z=3): self.x, self.y, self.z = x, y, z
    def m(self, a, b=7): return self.x + a + b
    def v(self, *a, **k): return (a, sorted(k))
def gen(a, b=3):
    yield a; yield b
def deco(f):
    def w(*a, **k): return f(*a, **k)
    return w
@deco
def decorated(a, b=2): return a - b
def run(n):
    out = []
    p = P(1)
    bm = p.m
    t = (1, 2); d = {}; e = {"b": 9}
    for i in range(n):
        out.append((defaults(i, c=4, b=3), defaults(i), defaults(c=i, i=1), kwonly(i, z=2), kwonly(i=i, z=1, step=2), var(i, 1, 2), vark(i=i, j=2),
            mix(i, 2), mix(i, 2, 3, 4), mix(i, b=2, d=3), mix(i, 2, c=4, e=5), P(i, z=4).z, P(x=i).x, p.m(b=1, a=i), bm(i), bm(a=i, b=2), p.v(1, 2, k=i),
            list(gen(i)), list(gen(b=i, a=2)), decorated(i), decorated(i, b=5), defaults(*t), defaults(*t, **d), defaults(i, **e), mix(*t, **e) if 0 else 0, decorated(*t)))
    return out
import sys
a = run(int(sys.argv[1]) if sys.argv[1:] else 300)
print(a[0]); print(a[-1]); print(hash(str(a)) if 0 else sum(map(len, map(str, a))))
for bad in ("defaults()", "defaults(1, i=2)", "defaults(1,2,3,4)", "kwonly(1)", "vark(1)", "mix(1)", "mix(b=1)", "defaults(1, q=2)", "P()", "P(1, w=2)", "p.m(q=1)"):
    try: eval(bad, globals() | {"p": P(1)}); print("?")
    except TypeError as x: print(x)
