def f(flag, items):
    if flag:
        x = 1
    print(x)
    print(x)
    for y in items:
        pass
    print(y)
    del x
    try:
        z = flag()
    except E:
        pass
    return z, x, flag
