"""Arithmetic in hot loops that see ordinary numbers for many rounds, and then a rare value."""
import sys

NAN, INF = float("nan"), float("inf")
INTS = [-1, 0, 1, -2, 2 ** 31, -2 ** 31, 2 ** 53, 2 ** 53 + 1, -2 ** 53 - 1, 2 ** 59, -2 ** 59, 2 ** 60 - 1, 2 ** 60, -2 ** 60, -2 ** 60 - 1, 2 ** 61 - 1, 2 ** 61,
        -2 ** 61, -2 ** 61 - 1, 2 ** 62 - 1, 2 ** 62, -2 ** 62, 2 ** 63 - 1, 2 ** 63, -2 ** 63, -2 ** 63 - 1, 2 ** 64, 10 ** 30, True, False]
FLOATS = [NAN, INF, -INF, 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308, 2.0 ** 53, 2.0 ** 62, 2.0 ** 63, -2.0 ** 63, 1e22, 0.5, 1.5, 2.5, 1e-310]
OTHERS = [None, "a", (), [], 1j, object]


def shown(x):
    return repr(x) if not isinstance(x, type) else x.__name__


def late(f, normal, rares, at=36, rounds=40):
    """The result of each rare value in round `at` of a loop over ordinary ones."""
    results = []
    for rare in rares:
        odd = None
        values = [normal] * rounds
        values[at] = rare
        for v in values:
            try:
                r = f(v)
            except (ArithmeticError, TypeError, ValueError) as e:
                r = type(e).__name__
            if v is rare:
                odd = r
        results.append(shown(odd))
    report(f, results)


def report(f, results):
    """A sum stands for the results; with an argument, they are all shown."""
    total = 0
    for result in results:
        for character in result:
            total = (total * 31 + ord(character)) % 1000003
    print(f.__name__, total, *(results if sys.argv[1:] else ()))


def both(name, source, normals=(7, 2.5), rares=None):
    for normal in normals:
        space = {}
        exec(f"def {name}(x):\n    y = x\n    return {source}\n", space)
        late(space[name], normal, rares or INTS + FLOATS + OTHERS)


for k in (1, -1, 2, 3, -3, 2 ** 60, 0, 2.0, -0.0, 0.0):
    both(f"add", f"x + {k!r}")
    both(f"subtract", f"{k!r} - x")
    both(f"multiply", f"x * {k!r}", rares=INTS + FLOATS)
    both(f"floor", f"x // {k!r}")
    both(f"modulo", f"x % {k!r}", rares=INTS + FLOATS)
    both(f"divide", f"x / {k!r}")
for k in (7, -7, 2 ** 60, -2 ** 61, 2 ** 62, 2.5):
    both("floor_by", f"{k!r} // x", rares=INTS + FLOATS)
    both("modulo_by", f"{k!r} % x", rares=INTS + FLOATS)
    both("divide_by", f"{k!r} / x", rares=INTS + FLOATS)
small = [x for x in INTS if abs(x) <= 64] + [59, 60, 61, 62, 63, 64, 65, 127, 128]
for k in (1, -1, 3, 2 ** 40, 2 ** 61, -2 ** 61):
    both("left", f"{k!r} << x", normals=(7,), rares=small)
    both("right", f"{k!r} >> x", normals=(7,), rares=INTS)
for k in (0, 1, 5, 31, 60, 61, 62, 63, 64, 100):
    both("left_by", f"x << {k}", normals=(7,), rares=INTS)
    both("right_by", f"x >> {k}", normals=(7,), rares=INTS)
