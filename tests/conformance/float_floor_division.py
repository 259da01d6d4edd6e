# // and % on floats follow the sign of the divisor, with signed zeros.
pairs = [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (6.0, 3.0), (-6.0, 3.0), (6.0, -3.0),
         (0.0, 5.0), (-0.0, 5.0), (1e300, 1e-10), (0.3, 0.1), (1.0, 0.1), (-1e-20, 3.0)]
for a, b in pairs:
    print(a, b, a // b, a % b, divmod(a, b))
checksum = 0.0
for i in range(-500, 500):
    x = i * 0.37
    checksum += x // 1.5 - x % 0.7
    q, r = divmod(x, -2.25)
    checksum += q * r
print(checksum)
print(7 // 2.0, 7.0 // 2, -7 // 2.0, 7 % -2.5, 2 ** 70 % 3.0, True // 0.3)
total = 0
for i in range(1, 1000):
    total += (i * 1.0) // 3 - i // 3
print(total)
