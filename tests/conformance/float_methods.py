# float methods and the math module on floats.
import math

print((2.5).is_integer(), (2.0).is_integer(), (0.75).as_integer_ratio(), (1e300).is_integer())
print((255.5).hex(), float.fromhex("0x1.8p3"), (-0.0).hex(), float.fromhex("inf"), (2.5).conjugate(), (1.5).real)
print(math.sqrt(2), math.pi, math.e, math.sin(1), math.exp(1), math.log(10), math.log2(8), math.log10(1000))
print(math.isnan(math.nan), math.isinf(-math.inf), math.copysign(1, -0.0), math.fmod(-7, 3), math.hypot(3, 4))
print(math.frexp(10.0), math.ldexp(0.625, 4), math.modf(-2.25), math.atan2(1, -1), math.gcd(12, 18), math.isqrt(99))
total = 0.0
for i in range(1, 1000):
    total += math.sqrt(i) * math.floor(i / 7.0) - math.fabs(math.sin(i))
print(round(total, 6))
print(math.factorial(20), math.comb(10, 3), math.prod([1.5, 2, 3]), math.fsum([0.1] * 10), sum([0.1] * 10))
for make in (lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.exp(1000), lambda: math.factorial(-1),
             lambda: math.sqrt("x"), lambda: (math.inf).as_integer_ratio()):
    try:
        make()
    except (ValueError, OverflowError, TypeError) as error:
        print(type(error).__name__, error)
