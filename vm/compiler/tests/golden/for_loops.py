def f(x):
    for a, b in x:
        if a:
            continue
        if b:
            break
    else:
        return 1
    for o.c in [1, x]:
        for i in range(3):
            print(i)
