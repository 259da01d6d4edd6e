"""Operators in hot loops that see ordinary pairs of numbers for many rounds, and then a rare one."""
import sys

NAN, INF = float("nan"), float("inf")


def shown(x):
    return repr(x) if not isinstance(x, type) else x.__name__


def report(f, results):
    """A sum stands for the results; with an argument, they are all shown."""
    total = 0
    for result in results:
        for character in result:
            total = (total * 31 + ord(character)) % 1000003
    print(f.__name__, total, *(results if sys.argv[1:] else ()))


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
