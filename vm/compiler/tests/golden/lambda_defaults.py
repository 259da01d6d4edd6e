f = lambda a, /, b=1, *c, d, e=g, **h: (a, b, c, d, e, h)
