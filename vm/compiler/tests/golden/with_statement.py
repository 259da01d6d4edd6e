def f(a):
    with a as b, g() as (c, d):
        return b
    with a:
        raise E
