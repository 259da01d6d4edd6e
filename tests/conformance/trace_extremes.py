# `min` and `max` of two numbers in hot loops, over kinds that change midway.
def ranges(values):
    low = high = values[0]
    for value in values:
        low = min(low, value)
        high = max(value, high)
    return low, high


def signs(pairs):
    text = ""
    for a, b in pairs:
        text += repr(min(a, b)) + repr(max(a, b)) + " "
    return text


big = 1 << 61
print(ranges(list(range(-40, 200)) + [7] * 50))
print(ranges([big - 1, -big] * 60 + [big, -big - 1]))
print(ranges([3, 1, 2] * 40 + [2.5, 0.5, True, False, 4.0] * 3))
print(ranges([1.5, -0.5] * 60 + [10, -10]))
print(signs([(0, 0), (True, 1), (1, True), (0.0, -0.0), (-0.0, 0.0), (1, 1.0), (1.0, 1)]))
print(signs([(2, 3)] * 60 + [(3, 2), (float("nan"), 1), (1, float("nan")), (big * 4, 1), (-5, -6)]))
clamped = 0
for i in range(2000):
    clamped += max(0, min(255, i * 3 - 500))
print(clamped)
try:
    for i in range(100):
        min(i, i if i < 80 else "x")
except TypeError as error:
    print(i, error)
