def f(a, b):
    if not a:
        return 1
    elif a is None or b > 1:
        return 2
    elif b == 2 and a not in b:
        return 3
    else:
        return 4
