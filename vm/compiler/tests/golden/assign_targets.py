def f(o, i):
    a = b = o.p
    o.x = o[i] = a
    a, b = b, a
    (a, b), *c = o
    [d, *e, g] = o
    o.y, o[0] = a, b
