def f(a):
    b = 1
    def g(c=a):
        nonlocal b
        b += a
        return lambda: (b, c)
    class D:
        e = b
        def h(self):
            return super().h(a)
    return g
