"""Integers of one to four limbs around the edges of 64 and 128 bits, with all signs: each result is checked by another way."""

EDGES = [1, 2, 3, 7, 10**9, 2**61 - 1, 2**61, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**64 + 1, 3 * 2**80 + 17, 2**126 + 5,
         2**127 - 1, 2**127, 2**127 + 1, 2**128 - 1, 2**128, 10**40, 2**192 - 3, 7**80]
NUMBERS = [0] + [sign * edge for edge in EDGES for sign in (1, -1)]


def by_digits(a, b):
    """The product, from the digits of one factor."""
    total = 0
    for digit in str(abs(b)):
        total = total * 10
        for _ in range(int(digit)):
            total = total + abs(a)
    return -total if (a < 0) != (b < 0) else total


def check():
    state = 0
    for a in NUMBERS:
        for b in NUMBERS:
            total, difference, product = a + b, a - b, a * b
            assert total - b == a and difference + b == a, (a, b)
            assert product == b * a, (a, b)
            if b:
                quotient, rest = a // b, a % b
                assert divmod(a, b) == (quotient, rest), (a, b)
                assert quotient * b + rest == a, (a, b)
                assert (0 <= rest < b) if b > 0 else (b < rest <= 0), (a, b)
                assert product // b == a and product % b == 0, (a, b)
                state = (state * 31 + quotient + 7 * rest) % (2**89 - 1)
            state = (state * 31 + total + 3 * difference + 5 * product) % (2**89 - 1)
    return state


for a, b in [(2**64 + 3, 10**19), (-(2**100), 12345), (2**127 - 1, -(2**127 - 1))]:
    assert a * b == by_digits(a, b)
    print(a + b, a - b, a * b, a // b, a % b)
for _ in range(3):
    print(check())
for exponent in (0, 1, 2, 63, 64, 2**64, 2**64 + 1, 2**130 + 7):
    print([pow(base, exponent, modulus) for base in (0, 3, -5, 2**70) for modulus in (1, 7, 2**32 + 15, 2**63 + 29, -9)])
print(pow(3, -1, 7), pow(-3, -5, 2**61 - 1))
