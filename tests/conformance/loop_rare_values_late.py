"""Hot loops that see ordinary values for many rounds, and then a rare one."""
import sys

NAN, INF = float("nan"), float("inf")
INTS = [-1, 0, 1, -2, 2 ** 31, -2 ** 31, 2 ** 53, 2 ** 53 + 1, -2 ** 53 - 1, 2 ** 59, -2 ** 59, 2 ** 60 - 1, 2 ** 60, -2 ** 60, -2 ** 60 - 1, 2 ** 61 - 1, 2 ** 61,
        -2 ** 61, -2 ** 61 - 1, 2 ** 62 - 1, 2 ** 62, -2 ** 62, 2 ** 63 - 1, 2 ** 63, -2 ** 63, -2 ** 63 - 1, 2 ** 64, 10 ** 30, True, False]
FLOATS = [NAN, INF, -INF, 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308, 2.0 ** 53, 2.0 ** 62, 2.0 ** 63, -2.0 ** 63, 1e22, 0.5, 1.5, 2.5, 1e-310]
OTHERS = [None, "a", (), [], 1j, object]


def shown(x):
    return repr(x) if not isinstance(x, type) else x.__name__


def late(f, normal, rares, at=60, rounds=64):
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


def pairs(f, normal, rares, at=150, rounds=160):
    results = []
    for rare in rares:
        out = None
        for i in range(rounds):
            a, b = rare if i == at else normal
            try: r = f(a, b)
            except ArithmeticError as e: r = type(e).__name__
            if i == at: out = r
        results.append(shown(out))
    report(f, results)


def floor_pair(a, b): return a // b
def modulo_pair(a, b): return a % b
def both_pair(a, b): return divmod(a, b)
def left_pair(a, b): return a << b
def right_pair(a, b): return a >> b
def multiply_pair(a, b): return a * b
def at_least(a, b): return a >= b, a > b, not a < b, a <= b, not a > b
def ordered(a, b):
    if a <= b: return "less" if a < b else "equal"
    return "more" if a > b else "none"


edges = [2 ** 61 - 1, -2 ** 61, 2 ** 62 - 1, -2 ** 62, 2 ** 60, -2 ** 60, 2 ** 63 - 1, -2 ** 63, 7, -7, 1, -1, 0]
for f in floor_pair, modulo_pair, both_pair, multiply_pair, at_least, ordered:
    pairs(f, (9, 4), [(a, b) for a in edges for b in edges], at=40, rounds=44)
for f in left_pair, right_pair:
    pairs(f, (9, 4), [(a, b) for a in edges for b in (0, 1, 2, 3, 52, 53, 59, 60, 61, 62, 63, 64, 65)], at=40, rounds=44)
floats = [NAN, INF, -INF, 0.0, -0.0, 1.5, -1.5, 2.0 ** 53]
for f in at_least, ordered:
    pairs(f, (1.5, 2.5), [(a, b) for a in floats for b in floats], at=40, rounds=44)
    pairs(f, (1, 2.5), [(a, b) for a in (2 ** 53, 2 ** 53 + 1, 2 ** 60, -1) for b in floats], at=40, rounds=44)


class One:
    v = 1
    def m(self): return 1
    def __len__(self): return 1
    def __eq__(self, o): return "one"
    def __add__(self, o): return "one"
    def __getitem__(self, i): return "one"
    def __contains__(self, i): return True
    def __call__(self): return "one"
    def __bool__(self): return True
    __hash__ = None


class Two(One):
    v = 2
    def m(self): return 2
    def __len__(self): return 2
    def __eq__(self, o): return "two"
    def __add__(self, o): return "two"
    def __getitem__(self, i): return "two"
    def __contains__(self, i): return False
    def __call__(self): return "two"
    def __bool__(self): return False


def uses(x): return x.v, x.m(), len(x), x == 1, x + 1, x[0], 1 in x, x(), 1 if x else 0, isinstance(x, Two)


values = [One()] * 200
values[150] = Two()
values[180] = type("Three", (One,), {"v": 3, "__len__": lambda s: 3})()
print([r for i, r in enumerate([uses(x) for x in values]) if i in (0, 149, 150, 151, 180, 199)])
changed = []
for i in range(300):
    if i == 150: One.v = 5
    if i == 180: One.m = lambda self: 6
    if i == 200: One.__len__ = lambda self: 7
    if i == 220: One.__add__ = lambda self, o: 8
    if i == 240: One.w = property(lambda self: 9); One.v = One.w
    if i == 260: del One.m
    try: r = uses(values[0])
    except AttributeError as e: r = str(e)
    if i % 20 == 10: changed.append(r)
print(changed)


def maker(space):
    exec("def f(i):\n    return g + len('ab') + i\n", space)
    return space["f"]


fs = [maker({"g": 1})] * 100
fs[70] = maker({"g": 10})
fs[80] = maker({"g": 1, "len": lambda s: 50})
fs[90] = maker({"g": 1.5})
print([f(i) for i, f in enumerate(fs)][66:94])


def closure(n):
    def f(i): return n + i
    return f


fs = [closure(1)] * 100
fs[70] = closure(100)
fs[80] = closure("a")
out = []
for i, f in enumerate(fs):
    try: out.append(f(i))
    except TypeError: out.append("TypeError")
print(out[68:83])


def default(x=1): return x


seen = []
for i in range(200):
    if i == 100: default.__defaults__ = (2,)
    if i == 130: default.__code__ = (lambda x=9: x * 10).__code__
    if i == 160: default.__defaults__ = None; default.__defaults__ = ("z",)
    seen.append(default())
print(seen[99], seen[100], seen[131], seen[165])
a, b = list(range(200)), [0] * 200
for i in range(200):
    k = 150
    if i == k:
        a.append("end")
        b[i] = len(a)
    else:
        b[i] = a[i] if i != 170 else a[-1]
print(b[149:152], b[169:172])
