def f(a):
    if a:
        raise
    if a.b:
        raise a
    raise a from g()
