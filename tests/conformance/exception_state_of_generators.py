# Each generator handles exceptions of its own; what its resumers handle is outside, and may differ each time.
import sys
def now(): return repr(sys.exception())
def g():
    while True:
        try: yield sys.exception()
        except KeyError: yield now()
x = g(); next(x)
try: raise ValueError(1)
except ValueError:
    print(repr(next(x)), x.throw(KeyError("k")), now())
print(next(x), next(x), now())
def k():
    try: raise KeyError("k")
    except KeyError: yield now()
    yield now()
def run(make, outer):
    out = []
    it = make()
    for i in range(5):
        if i in outer:
            try: raise OSError(i)
            except OSError: out.append(next(it, "end"))
        else: out.append(next(it, "end"))
    return out
print(run(k, {0}), run(k, {1}), run(k, {0, 1}), run(k, set()))
def inside():
    try: raise TypeError("t")
    except TypeError:
        for v in k(): yield v
        yield now()
        yield from k()
    yield now()
print(run(inside, {1, 2}), run(inside, {0, 3}), now())
def bare():
    try: yield
    except KeyError: yield
    raise
def tell(f):
    try: return f()
    except BaseException as e: return repr(e), repr(e.__context__)
c = bare(); next(c)
try: raise ValueError("outer")
except ValueError: c.throw(KeyError)
print(tell(lambda: next(c)))
c = bare(); next(c); c.throw(KeyError)
try: raise ValueError("outer")
except ValueError: print(tell(lambda: next(c)))
def same():
    try: yield 1
    except ValueError:
        yield now()
        yield now()
    yield now()
s = same(); next(s)
try: raise ValueError("same")
except ValueError as e: print(s.throw(e))
print(next(s), next(s), now())
def contexts():
    try: yield 1
    except KeyError:
        try: yield 2
        except BaseException as e: yield repr(e), repr(e.__context__)
def thrown(steps, exc):
    it = contexts()
    for _ in range(steps): next(it)
    try: raise OSError("o")
    except OSError:
        first = tell(lambda: it.throw(exc))
        return first, tell(lambda: it.throw(TypeError("second")))
for steps in (0, 1):
    for exc in (KeyError("k"), ValueError("v"), ValueError): print(thrown(steps, exc))
def delegating():
    try: raise LookupError("l")
    except LookupError:
        try: yield from contexts()
        except ValueError as e: yield repr(e), repr(e.__context__), repr(e.__context__ and e.__context__.__context__)
d = delegating(); next(d)
print(d.throw(ValueError("through")), now())
def closing():
    try: yield
    finally: out.append(now())
out = []
z = closing(); next(z)
try: raise OSError("closing")
except OSError: z.close()
z = closing(); next(z); z.close()
print(out)
def consumed():
    for i in range(3):
        try: raise IndexError(i)
        except IndexError: yield now()
try: raise OSError("consumer")
except OSError: print(list(consumed()), sorted(consumed()), max(consumed()), now(), [v for v in consumed()], [*zip(consumed(), consumed())][-1])
def hot(n):
    seen = {}
    it = g()
    next(it)
    for i in range(n):
        if i % 7 == 3:
            try: raise ValueError(i % 2)
            except ValueError: v = repr(next(it)), it.throw(KeyError(i % 2)), now()
        else: v = repr(next(it)), now()
        seen[v] = seen.get(v, 0) + 1
    return seen
print(hot(200))
class Finalized:
    def __del__(self): out.append(now())
def finalizes():
    try: raise KeyError("f")
    except KeyError:
        Finalized()
        yield
        Finalized()
    Finalized()
out = []
f = finalizes(); next(f)
try: raise OSError("o")
except OSError: next(f, None)
print(out)
