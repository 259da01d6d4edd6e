def f(x):
    a = [i + 1 for i in x if i]
    b = {k: v for k, v in x}
    c = {i for i in [1, 2]}
    return list(i for i in x for j in i)
m = [i for i in range(3)]
