# Static and class methods keep annotations of their own once these were asked for, or set.
def f(x: int): "doc"
for w in (classmethod, staticmethod):
    m = w(f)
    for a in ("__module__", "__qualname__", "__name__", "__doc__", "__annotations__", "__wrapped__", "__func__", "__isabstractmethod__", "__dict__"):
        try: print(w.__name__, a, getattr(m, a) is getattr(f, a, None))
        except AttributeError as e: print(e)
    print(repr(w.__new__(w)), w.__new__(w, None).__func__)
    m.__annotations__ = {"a": 1}
    print(f.__annotations__, m.__annotations__)
    del m.__annotations__
    print(m.__annotations__)
    for x in (5, len):
        try: print(w(x).__annotations__)
        except AttributeError as e: print(e)
    def hot(n): return [w(f).__annotations__ is f.__annotations__ for _ in range(n)].count(True)
    print(hot(50))
