def f(a, b, c):
    x = a < b
    y = a < g() < c
    if a < b < c:
        x = a is not None
    while a != g() == c:
        pass
    return a in (1, 2), a not in [1, 2], a in {1, 2}, a is b
