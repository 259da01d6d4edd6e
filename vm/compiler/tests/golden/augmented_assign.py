def f(o, i):
    i += 1
    o.a += i
    o.b.c *= 2
    o[i] -= 1
    o[i + 1] |= 3
    o[1:2] += i
g += 1
