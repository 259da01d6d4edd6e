def f(a, b):
    return [a, b], (a, *b), {a, *b}, {a: b, **a, 'k': 1}, [1, 2, 3], [*a], ()
