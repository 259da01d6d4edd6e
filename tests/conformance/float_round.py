# round() to even, with digits, with negative digits, and its result types.
print([round(x) for x in (0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 2.5001, 1e15 + 0.5)])
print(round(2.675, 2), round(1.005, 2), round(0.125, 2), round(0.375, 2), round(1234.5678, -2), round(-1.45, 1))
print(type(round(2.5)), type(round(2.5, 0)), round(2.5, 0), round(2.5, None), round(1e300), round(-0.3))
total = 0
for i in range(-600, 600):
    total += round(i / 4) * 3
    total -= round(i * 0.5)
print(total)
import math
print(math.floor(-2.5), math.ceil(-2.5), math.trunc(-2.5), math.floor(1e20), int(-2.9), math.floor(7))
for x in (float("nan"), float("inf")):
    for function in (round, math.floor, int):
        try:
            function(x)
        except (ValueError, OverflowError) as error:
            print(type(error).__name__, error)
print(round(1.5, 400), round(1e-300, 5), round(123.456, -5), (2.5).__round__(), (3.7).__trunc__())
