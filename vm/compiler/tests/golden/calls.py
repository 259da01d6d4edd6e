def f(g, x):
    g()
    g(x, 1)
    g(1, k=x)
    g(*x, 2, k=3, **x)
    g(x)(x).m(x, k=1).n(*x)
    return g(i for i in x)
