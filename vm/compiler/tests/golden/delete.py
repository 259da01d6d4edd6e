def f(a, o):
    del a, o.x, o[1], (o[2:3], o.y)
    def g():
        return b
    b = 1
    del b
x = 1
del x
