# True division is correctly rounded for all magnitudes.
print(1 / 3, -1 / 3, 7 / 2, 6 / 3, 0 / 5, -0 / 5)
print(10 ** 400 / 10 ** 399, (10 ** 30 + 1) / 10 ** 30, 2 ** 1100 / 2 ** 1090)
print((2 ** 53 + 1) / 1, (2 ** 61 - 1) / (2 ** 61 + 1), 1 / 10 ** 320)
total = 0.0
for i in range(1, 2001):
    total += 1 / i
print(total)
total = 0.0
for i in range(1, 1000):
    total += (i * 12345678901234567) / (i + 1)
print(total)
for a, b in ((10 ** 400, 1), (1, 0), (10 ** 400, 3)):
    try:
        print(a / b)
    except (OverflowError, ZeroDivisionError) as error:
        print(type(error).__name__, error)
print(float(2 ** 1023), 2 ** 1023 / 2 ** 1000)
try:
    float(2 ** 1024)
except OverflowError as error:
    print(error)
