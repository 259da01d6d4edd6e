# Magnitudes of about 2**256 to 2**768 and back in a hot loop: the rare representation.
def swing(start, factor, count, high, low):
    x = start
    turns = 0
    for _ in range(count):
        x *= factor
        if x > high or x < low:
            factor = 1 / factor
            turns += 1
    return x, turns


print(swing(1.0, 2.0 ** 50, 600, 2.0 ** 800, 2.0 ** -800))
print(swing(1.0, 2.0 ** -60, 600, 2.0 ** 900, 2.0 ** -900))
for exponent in (254, 255, 256, 257, 258, 511, 512, 513, 766, 767, 768, 769, 1022, 1023):
    for sign in (1.0, -1.0):
        x = sign * 2.0 ** exponent
        y = sign * 2.0 ** -exponent
        print(exponent, x, y, x * y, x + y == x, -x, x == sign * 2.0 ** exponent, x > y, int(y))
big = [2.0 ** 300, 3.0e100, -2.0 ** 700, 1.5e-200]
total = 0.0
for i in range(800):
    x = big[i & 3]
    total += x / big[3 - (i & 3)] if i % 5 else x - x
print(total)
print({2.0 ** 300: "a"}[2.0 ** 300], 2.0 ** 300 in big, big.index(3.0e100), hash(2.0 ** 300) == hash(2 ** 300))
print(int(2.0 ** 260), 2.0 ** 260 == 2 ** 260, 2.0 ** 260 < 2 ** 260 + 1)
