"""Comparisons and functions of numbers in hot loops that see ordinary ones for many rounds, and then a rare value."""
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


for op in ("<", "<=", "==", "!=", ">", ">="):
    for k in (3, 2.5, 2 ** 53, 2.0 ** 53, NAN and "NAN", 0, -0.0):
        for negation in ("", "not "):
            space = {"NAN": NAN}
            exec(f"def compare(x):\n    return {negation}(x {op} {k})\n", space)
            late(space["compare"], 7, INTS[:16] + FLOATS)
            exec(f"def branch(x):\n    if {negation}x {op} {k}: return 1\n    return 2\n", space)
            late(space["branch"], 2.5, INTS[:16] + FLOATS)
both("negate", "-x")
both("absolute", "abs(x)")
both("square", "x * x", rares=INTS + FLOATS)
both("power", "x ** 2", rares=INTS + FLOATS + [0.1, 1.1, 3.3, 1.0000000000000002])
both("double", "float(x)", rares=INTS + FLOATS)
both("integer", "int(x)", rares=INTS + FLOATS)
both("truth", "1 if x else 2")
both("mixed", "x + 0.5 - y", rares=INTS + FLOATS)
both("zero", "x - y", rares=INTS + FLOATS)
both("same", "x is y, x == y")
both("half", "(x + 1) / 2", rares=INTS + FLOATS)
both("bits", "x & 255 | 8 ^ x", normals=(7,), rares=INTS)
both("rounded", "round(x)", rares=INTS + FLOATS)
both("minimum", "min(x, 5), max(x, 5)", rares=INTS + FLOATS)
both("chained", "0 <= x < 10", rares=INTS + FLOATS)
both("index", "[0, 1, 2, 3, 4, 5, 6, 7][x]", normals=(7, 2), rares=[0, -1, -8, True])
both("sliced", "[0, 1, 2, 3][x:]", normals=(2,), rares=INTS + [None])
both("counted", "len(range(x))", normals=(7,), rares=INTS[:-4])
