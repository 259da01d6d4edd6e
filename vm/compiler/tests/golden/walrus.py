def f(a):
    if (n := len(a)) > 1:
        return n + (n := 2)
    return [last := x for x in a], last
(m := 1) + m
