# Floor division and modulo take the sign of the divisor.
pairs = [(7, 3), (-7, 3), (7, -3), (-7, -3), (6, 3), (-6, 3), (6, -3), (0, 5), (0, -5)]
for a, b in pairs:
    q, r = divmod(a, b)
    print(a, b, a // b, a % b, (q, r), q * b + r == a)

checksum = 0
for a in range(-40, 41):
    for b in (-9, -2, -1, 1, 2, 9):
        q = a // b
        r = a % b
        assert q * b + r == a and (r == 0 or (r < 0) == (b < 0))
        checksum = checksum * 3 + q - r
        checksum %= 999999937
print(checksum)
big = 10 ** 30 + 7
print(big // 97, big % 97, -big // 97, -big % 97, divmod(big, -(10 ** 15)), divmod(-5, big))
print(-(1 << 61) // -1, -(1 << 63) // -1, (1 << 62) // -1)
for expression in (lambda: 1 // 0, lambda: 1 % 0, lambda: divmod(1, 0), lambda: 1 / 0,
                   lambda: big // 0, lambda: big % 0):
    try:
        expression()
    except ZeroDivisionError as error:
        print(error)
