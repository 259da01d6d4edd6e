"""Decimal numbers: arithmetic, rounding, contexts, signals, formats, conversions."""
# modes: off checked sync on threshold-1 gc-7 cut-60 settrace-1
import copy
import decimal
import pickle
import random
from decimal import *
from fractions import Fraction

ROUNDINGS = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]


def attempt(call):
    try:
        return repr(call())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def flags(context):
    return sorted(signal.__name__ for signal, on in context.flags.items() if on)


# Random operations in extreme contexts, in one checksum for each operation.
source = random.Random(7)
SPECIAL = ["NaN", "sNaN12", "-Infinity", "0E+5", "-0E-300"]


def number():
    if source.random() < 0.1:
        return source.choice(SPECIAL)
    digits = "".join(source.choice("0123456789") for _ in range(source.choice([1, 2, 5, 17, 28, 39, 60])))
    return source.choice(["", "-"]) + digits + f"E{source.choice([0, 0, -1, -5, 3, 40, -400, 1200])}"


BINARY = ("add subtract multiply divide divide_int remainder remainder_near compare compare_total max min_mag next_toward "
          "quantize same_quantum scaleb power").split()
UNARY = "sqrt exp ln log10 logb next_plus next_minus normalize to_integral_exact number_class to_eng_string".split()
for name in BINARY + UNARY:
    checksum = 0
    for _ in range(120):
        context = Context(prec=source.choice([1, 3, 9, 28, 50]), rounding=source.choice(ROUNDINGS),
                          Emax=source.choice([5, 384, 999999]), Emin=-source.choice([5, 384, 999999]),
                          clamp=source.choice([0, 1]), traps=[])
        operands = [Decimal(number()) for _ in range(2 if name in BINARY else 1)]
        if name == "power":
            operands[1] = Decimal(source.choice(["2", "-3", "0.5", "17", "1E+2", "-0.25"]))
        shown = f"{getattr(context, name)(*operands)!r} {flags(context)}"
        for letter in shown:
            checksum = (checksum * 131 + ord(letter)) % 1000000007
    print(name, checksum)

# Signals and traps.
with localcontext(prec=5) as context:
    print(Decimal(1) / 3, flags(context))
    context.traps[Inexact] = True
    print(attempt(lambda: Decimal(2) / 3))
    print(context.copy(), context == context, repr(context.flags))
print(attempt(lambda: Decimal(1) / 0), attempt(lambda: Decimal("x")), attempt(lambda: Decimal("sNaN") + 1))
print(attempt(lambda: Context(prec=0)), attempt(lambda: Context(rounding="x")), attempt(lambda: getcontext().flags[3]))
print(getcontext().prec, decimal.DefaultContext, IEEEContext(128))
print(attempt(lambda: Context(traps=[FloatOperation]).create_decimal(1.5)), Overflow.__mro__[1:3], decimal.MAX_PREC)

# Too large for memory: an error.
print(attempt(lambda: Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN).divide(1, 3)))
print(attempt(lambda: Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN).divide(1, 8)))

# Conversions and comparisons.
print(Decimal(0.1), Decimal((1, (1, 2), -1)), Decimal("١٢٣.٤_5"), Decimal.from_number(7), Decimal.from_float(0.5))
print(int(Decimal("-1E+20")), float(Decimal("1.5E-310")), round(Decimal("2.675"), 2), round(Decimal("2.5")))
print(Decimal("0.5") == 0.5, Decimal("0.5") == Fraction(1, 2), Decimal("NaN") == 1, Decimal(3) > 2.5, Decimal(1) == 1 + 0j)
print(hash(Decimal("2.5")) == hash(2.5), hash(Decimal(10) ** 30) == hash(10 ** 30), attempt(lambda: hash(Decimal("sNaN"))))
print(Decimal("2.50").as_tuple(), Decimal("-2.50").as_integer_ratio(), Decimal("12E+3").to_eng_string())
print(divmod(Decimal(-7), 2), Decimal(-7) // 2, Decimal(-7) % 2, pow(Decimal(3), 4, 5), 2 ** Decimal("0.5"))
for text in ["", ".2f", "+,.3f", "012.1e", "*^15", ".0%", "g", "_.2f", "z.0f", "#.0f", ".3_f"]:
    print(text, [format(Decimal(value), text) for value in ("1234567.8915", "-0.004", "1E+10", "NaN", "-Infinity")])
print(attempt(lambda: format(Decimal(1), "x")))


class Own(Decimal):
    pass


value = Own("1.50")
print(type(value + 1).__name__, type(pickle.loads(pickle.dumps(value))).__name__, copy.copy(value) is value, Own.from_float(2.5))
print(pickle.loads(pickle.dumps(Context(prec=7))).prec, pickle.loads(pickle.dumps(Decimal("-1E+5"))))

# Hot.
total, price = Decimal(0), Decimal("19.99")
for step in range(3000):
    total += (price * step / 7).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
print(total)
