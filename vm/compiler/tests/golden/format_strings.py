def f(a, b):
    return f'{a}', f'{a!r:>{b}} and {b:.2f}', f'{a + 1 = }', '%s-%r' % (a, b), f''
