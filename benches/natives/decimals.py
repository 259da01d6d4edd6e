"""Decimal numbers: nanoseconds for each operation, best of several rounds.

usage: INTERPRETER decimals.py [NAME ...]
"""
from decimal import Decimal, getcontext, localcontext

from measure import report

A, B = Decimal("1234567.891"), Decimal("98.76543")
LONG_A, LONG_B = Decimal("1.234567890123456789012345678"), Decimal("9.876543210987654321098765432")
PRICE, RATE, CENTS = Decimal("19.99"), Decimal("0.0825"), Decimal("0.01")
with localcontext() as wide:
    wide.prec = 1000
    WIDE_A, WIDE_B = Decimal(2).sqrt(), Decimal(3).sqrt()


def in_wide_context(operation):
    def run():
        with localcontext() as context:
            context.prec = 1000
            for _ in range(10):
                operation()
    return run


# The name, how many operations a call makes, and the call.
OPERATIONS = {
    "add": (1, lambda: A + B),
    "add long": (1, lambda: LONG_A + LONG_B),
    "add an int": (1, lambda: A + 7),
    "multiply": (1, lambda: A * B),
    "multiply long": (1, lambda: LONG_A * LONG_B),
    "divide": (1, lambda: A / B),
    "divide long": (1, lambda: LONG_A / LONG_B),
    "remainder": (1, lambda: A % B),
    "power of an int": (1, lambda: B ** 5),
    "compare": (1, lambda: A < B),
    "hash": (1, lambda: hash(LONG_A)),
    "quantize": (1, lambda: (PRICE * RATE).quantize(CENTS)),
    "from text": (1, lambda: Decimal("12345.6789")),
    "from an int": (1, lambda: Decimal(123456789)),
    "to text": (1, lambda: str(A)),
    "format": (1, lambda: format(A, ",.2f")),
    "to a float": (1, lambda: float(A)),
    "square root": (1, lambda: A.sqrt()),
    "exp": (1, lambda: LONG_A.exp()),
    "ln": (1, lambda: A.ln()),
    "context": (1, getcontext),
    "multiply 1000 digits": (10, in_wide_context(lambda: WIDE_A * WIDE_B)),
    "divide 1000 digits": (10, in_wide_context(lambda: WIDE_A / WIDE_B)),
}


report({f"decimal: {name}": row for name, row in OPERATIONS.items()})
