"""type(x) of objects of all kinds, also of those that die by it."""
import sys
class A:
    def __del__(self): log.append(type(self).__name__)
class B(A): pass
log = []
def make(): return type("T", (), {})
def run(n):
    out = []
    vals = [1, 1.5, "a", None, True, [1], (1,), {}, A(), B(), type, A, len, 2**70, lambda: 0, make()()]
    for i in range(n):
        x = vals[i % len(vals)]
        t = type(x)
        out.append(t.__name__)
        if type(x) is int: out.append("int")
        if type(x) == type(1.5): out.append("float")
        type(A()).__name__
        y = type(B())
        if i % 9 == 0: vals[-1] = make()(); 
        z = type(vals[-1]); out.append(z is type(vals[-1]))
        try: type()
        except TypeError as e: out.append(str(e))
        try: type(1, 2)
        except TypeError as e: out.append(str(e))
    return out
r = run(300)
t = 0
for x in r: t = (t * 31 + sum(map(ord, repr(x)))) % 1000003
print(len(r), t, len(log), log[:4])
