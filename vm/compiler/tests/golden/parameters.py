def f(a, b=1, /, c=x, *args, d, e=2, **kw):
    def g():
        return a, kw
    return args
