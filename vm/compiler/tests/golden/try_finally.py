def f(x):
    for i in x:
        try:
            if i:
                continue
            if x:
                return g(i)
            break
        finally:
            h()
    return x
