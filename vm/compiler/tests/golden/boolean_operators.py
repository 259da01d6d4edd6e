def f(a, b, c):
    x = a and b or c
    if a and (b or not c):
        x = 1
    a and b()
    return not a or b if c else a
