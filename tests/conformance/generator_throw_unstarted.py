# An exception thrown into a generator that never ran leaves its frame at the first line of the code.
def deco(f): return f
def tb(e):
    t = e.__traceback__; r = []
    while t:
        name = t.tb_frame.f_code.co_name
        r.append((name, t.tb_lineno, sorted(t.tb_frame.f_locals) if name not in ("<module>", "attempt") else None)); t = t.tb_next
    return r
@deco
@deco
def g(a,
      b=2):
    try:
        yield 1
    except ValueError:
        print("caught")
        yield 2
def attempt(make, *exc):
    x = make()
    line = x.gi_frame.f_lineno if x.gi_frame else None
    try: return line, x.throw(*exc)
    except BaseException as e: return line, type(e).__name__, e.args, tb(e), repr(e.__cause__), repr(e.__context__), x.gi_frame, list(x)
for exc in (ValueError("x"), StopIteration(3), GeneratorExit(), KeyError): print(attempt(lambda: g(1), exc))
try: raise OSError
except OSError: print(attempt(lambda: g(1), ValueError))
print(attempt(lambda: (i for i in
   [1,2]), ValueError("in genexpr")))
def started():
    x = g(1); next(x); return x
def ended():
    x = g(1); list(x); return x
def closed():
    x = g(1); x.close(); return x
for make in (started, ended, closed):
    for exc in (ValueError("v"), KeyError("k"), StopIteration("s")): print(attempt(make, exc))
try: raise OSError("handled")
except OSError: print(attempt(ended, ValueError("e")), attempt(closed, KeyError("e")))
def outer():
    try: yield from g(5)
    except KeyError as e: yield "outer", tb(e)
o = outer()
print(next(o), o.throw(KeyError("k")))
print(attempt(outer, KeyError("unstarted")))
def hot(n):
    lines = set()
    for i in range(n):
        x = g(i)
        if i % 3 == 0: next(x)
        try: x.throw(KeyError(i))
        except KeyError as e: lines.add((e.__traceback__.tb_next.tb_lineno, e.__traceback__.tb_next.tb_frame.f_locals["a"] == i))
    return sorted(lines)
print(hot(100))
