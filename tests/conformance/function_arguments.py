# Positional-only, keyword-only, defaults, *args and **kwargs in every mixture.
def mixture(a, b=2, /, c=3, *rest, d, e=5, **extra):
    return a, b, c, rest, d, e, extra


print(mixture(1, d=4), mixture(1, 2, 3, 4, 5, d=6, x=7), mixture(1, c=9, d=0, e=1, b=8), mixture(*[1, 2], **{"d": 3}))


def only(*, key):
    return key


def positional(a, b, /):
    return a - b


def many(*args, **kwargs):
    return len(args) * 10 + len(kwargs)


total = 0
for i in range(600):
    total += only(key=i) - positional(i, 1) + many(1, *range(i % 4), k=1, **{"j": 2} if i % 2 else {})
    total += mixture(i, d=i)[0] + mixture(i, i + 1, *(i,), d=1, z=2)[6]["z"]
print(total, many(), many(*"abc", **{"a": 1}), many(*[], **{}))


def defaults(a, b=[], c={}, *, k=None):
    b.append(a)
    c[a] = k
    return len(b), len(c)


print(defaults(1), defaults(2, k=3), defaults(1, []), defaults.__defaults__, defaults.__kwdefaults__)
defaults.__defaults__ = ([9], {})
print(defaults(1), (lambda x, y=2, *z, w=3: (x, y, z, w))(1, w=5))
args, kwargs = (1, 2), {"d": 1}
mixture(*args, **kwargs)
print(args, kwargs, (lambda **k: k is kwargs)(**kwargs), (lambda *a: a is args)(*args))
