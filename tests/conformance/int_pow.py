# Powers: growth to big, negative exponents, modular powers, zero cases.
print([2 ** n for n in range(0, 130, 13)])
print([(-3) ** n for n in range(8)], 0 ** 0, 0 ** 5, 1 ** 1000, (-1) ** 1001)
print(2 ** -1, (-2) ** -3, 10 ** -2, type(2 ** -1).__name__)
print(pow(3, 200, 1000007), pow(-3, 5, 7), pow(3, 5, -7), pow(5, 0, 1), pow(2, 10, 1))
print(pow(3, -1, 7), pow(10, -3, 13), pow(-4, -1, 9))
checksum = 0
for i in range(400):
    base = i % 9 - 4
    checksum = (checksum + base ** (i % 25)) % (10 ** 12 + 39)
    checksum += pow(i, 65537, 1009)
print(checksum)
cases = [(0, -1), (2, -1, 4), (2, 2, 0), (2.0, 2, 5), (2, 2.0, 5)]
for case in cases:
    try:
        print(pow(*case))
    except (ValueError, ZeroDivisionError, TypeError) as error:
        print(type(error).__name__, error)
print((-8) ** 2, -8 ** 2, 2 ** 3 ** 2)
