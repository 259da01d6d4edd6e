"""Functions that pass on what they were called with, by `*args` and `**kwargs`, and whose defaults change."""
import sys
def deco(f):
    def w(*a, **k): return f(*a, **k)
    return w
@deco
def g(i, b=1, *, c=3): return (i, b, c)
@deco
@deco
def h(**k): return sorted(k.items())
@deco
def star(*a, **k): return (a, sorted(k.items()))
class A:
    @deco
    def m(self, x, y=2): return x + y
    @deco
    def __init__(self, v, w=0): self.v = (v, w)
class D(dict): pass
def run(n):
    out = []
    a = A(1, w=2)
    for i in range(n):
        out.append((g(i, b=2), g(i, c=5), g(i=i, b=1), g(c=1, i=i), h(x=i), h(y=1, x=i), h(), a.m(i, y=3), A(v=i).v, star(1, 2, z=i), star(), star(*(1,2), **{"q": i})))
        if i % 7 == 3: out.append(g(**{"i": i, "b": 3})); out.append(g(*[i], **D(b=4)))
        k = {"i": i}
        if i % 5 == 0: k["c"] = 9
        if i % 11 == 0: k["".join(["b"])] = 8
        out.append(g(**k))
        try: g(i, nope=1)
        except TypeError as e: out.append(str(e))
        if i == n // 2: g.__closure__[0].cell_contents.__kwdefaults__ = {"c": 77}
        if i == n // 2 + 20: g.__closure__[0].cell_contents.__kwdefaults__["c"] = 78
        if i == n // 2 + 40: g.__closure__[0].cell_contents.__defaults__ = (55,)
    return out
r = run(int(sys.argv[1]) if sys.argv[1:] else 300)
t = 0
for x in r: t = (t * 31 + sum(map(ord, repr(x)))) % 1000003
print(len(r), t, r[0], r[-2:])
