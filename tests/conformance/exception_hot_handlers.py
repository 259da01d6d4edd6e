"""Exceptions that are raised and caught in hot loops: here, in callees, by natives, in `with`, through generators."""
import sys
class E(Exception):
    def __init__(self, v): self.v = v
class CM:
    def __init__(self): self.log = 0
    def __enter__(self): self.log += 1; return self
    def __exit__(self, t, v, tb): self.log += 10; return t is KeyError
def here(n):
    s = 0
    for i in range(n):
        try:
            if i % 3 == 0: raise ValueError(i)
            s += 1
        except ValueError as e:
            s += e.args[0]
    return s
def callee(i):
    if i % 2: raise E(i)
    return i
def incallee(n):
    s = 0
    for i in range(n):
        try: s += callee(i)
        except E as e: s += e.v * 2
        finally: s += 1
    return s
def native(n):
    s = 0
    d = {i: i for i in range(0, n, 2)}
    for i in range(n):
        try: s += d[i]
        except KeyError: s -= 1
        try: s += int("x" if i % 5 == 0 else "7")
        except (TypeError, ValueError) as e: s += len(str(e))
        try: [][i]
        except IndexError: s += 1
    return s
def withs(n):
    c = CM(); s = 0
    for i in range(n):
        with c as x: s += x.log
        with c:
            if i % 4 == 0: raise KeyError(i)
            s += 1
    return s, c.log
def nested(n):
    out = []
    for i in range(n):
        try:
            try:
                if i % 3 == 1: raise E(i)
                if i % 3 == 2: 1 // 0
            except E:
                raise ValueError(i) from None
            else: out.append("ok")
        except ValueError as e: out.append((repr(e), repr(e.__context__), e.__traceback__.tb_lineno - here.__code__.co_firstlineno))
        except ZeroDivisionError as e:
            out.append(repr(e)); 
            assert sys.exc_info()[1] is e
        assert sys.exc_info()[1] is None
    return out[:6], out[-6:], len(out)
def deep(n):
    def rec(k):
        if k == 0: raise E(5)
        try: return rec(k - 1)
        finally: log.append(k)
    log = []
    for i in range(n):
        try: rec(5)
        except E as e:
            k = 0; t = e.__traceback__
            while t: k += 1; t = t.tb_next
            log.append(k)
    return log[:7], log[-7:], len(log)
def gen(n):
    def g():
        try:
            for i in range(10):
                if i == 7: raise E(i)
                yield i
        finally: fin.append(1)
    fin = []; s = 0
    for _ in range(n):
        try:
            for x in g(): s += x
        except E as e: s += e.v
    return s, len(fin)
def dele(n):
    s = 0
    for i in range(n):
        x = [i]; s += x[0]; del x
        try: x
        except UnboundLocalError: s += 1
    return s
def imp(n):
    s = 0
    for i in range(n):
        import math
        from math import floor as f
        s += f(math.sqrt(i))
    return s
n = int(sys.argv[1]) if sys.argv[1:] else 400
for f in here, incallee, native, withs, nested, deep, gen, dele, imp: print(f.__name__, f(n))
