# Functions of complex numbers: ordinary and special arguments.
import cmath
import math

inf, nan = math.inf, math.nan


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


def shown(number):
    # The last digit is the C library's business.
    return f"{number:.12g}"


def outcome(function, *arguments):
    try:
        result = function(*arguments)
    except (ValueError, OverflowError) as error:
        return f"{type(error).__name__}: {error}"
    return f"{shown(result.real)} {shown(result.imag)}"


NAMES = (
    "acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh".split()
)
SPECIAL = [-inf, -1.5, -0.0, 0.0, 0.75, inf, nan]
ORDINARY = [
    0.3 - 0.7j, -2.5 + 1e-3j, 1e-310 + 2e-310j, 1.5e308 - 1e308j, 1.0 + 1e-200j, 1 + 0j, -1 - 0.0j, 709.5 + 2j, -709.5 + 2j,
    800 + 1j, 1e16 + 1j, 5e-324j, 0.999999 + 1e-9j, 7e153 + 1j, 3 + 1e300j,
]

# Hot: every function over a grid of special parts.
for name in NAMES:
    function = getattr(cmath, name)
    check = 0
    for real in SPECIAL:
        for imaginary in SPECIAL:
            check = check * 31 + sum(outcome(function, complex(real, imaginary)).encode()) & 0xFFFFFFFF
    print(name, check, [outcome(function, number) for number in ORDINARY])
for real in SPECIAL:
    print([outcome(cmath.rect, real, angle) for angle in SPECIAL], [outcome(cmath.phase, complex(real, part)) for part in SPECIAL])

print(cmath.polar(3 + 4j), cmath.polar(complex(-inf, nan)), cmath.rect(2, 0.5), cmath.phase(-1j))
print(cmath.isnan(complex(nan, 1)), cmath.isinf(complex(1, -inf)), cmath.isfinite(1j), cmath.isfinite(complex(0, nan)))
print(cmath.pi, cmath.e, cmath.tau, cmath.inf, cmath.nan, cmath.infj, cmath.nanj)
print(cmath.log(2, 10), cmath.log(-1, 1j), cmath.log(0, 2))
for arguments in ((0,), (0, 0), (2, 0), (2, 1), (0, 1), (2, "a"), (2, None), (), (1, 2, 3)):
    refused(cmath.log, *arguments)
refused(cmath.polar, 1.5e308 + 1.5e308j)
refused(cmath.sqrt, "a")
refused(cmath.sqrt, 10**400)
refused(cmath.rect, 1)
refused(cmath.rect, 1, inf)
refused(cmath.isclose, 1, 2, rel_tol=-1)
refused(cmath.isclose, 1, 2, 3)
refused(cmath.isclose, 1)
print(cmath.isclose(1, 1 + 1e-10j), cmath.isclose(1, 1.1), cmath.isclose(a=1, b=2, abs_tol=1), cmath.isclose(inf, inf))
print(cmath.isclose(complex(nan, 0), complex(nan, 0)), cmath.isclose(1e308 + 1e308j, -1e308 - 1e308j, rel_tol=2.5))


class Complex:
    def __complex__(self):
        return 3 + 4j


class WrongComplex:
    def __complex__(self):
        return 1


class Float:
    def __float__(self):
        return 2.25


class Index:
    def __index__(self):
        return -9


class DerivedFloat(float):
    def __complex__(self):
        return 4j


class DerivedComplex(complex):
    def __complex__(self):
        return 4j


for argument in (Complex(), WrongComplex(), Float(), Index(), DerivedFloat(4), DerivedComplex(9), True, Complex):
    refused(cmath.sqrt, argument)
print(complex(DerivedFloat(4)), complex(DerivedComplex(9)))
# modes: native
