# divmod, pow, abs, round, hash, chr, ord, hex, oct, bin, int and float constructors in a hot loop.
print(divmod(7, -2), divmod(-7.5, 2), pow(2, 10), pow(2, 10, 1000), pow(2.0, -1), abs(-5), abs(-2.5), abs(True), abs(-(1 << 80)), chr(97), chr(128512), ord("é"), hex(255), oct(-8), bin(5))
print(round(2.5), round(3.14159, 2), int("7"), float("1.5"), int(-2.9), bool([]), hash(5), hash(2.5), hash("") == hash(""), hash(()) == hash(()))
total = 0
for i in range(-500, 500):
    q, r = divmod(i, 7)
    total += q * r + abs(i) + pow(i, 2, 13) + ord(chr(abs(i) + 32)) + len(hex(i)) + int(bin(i), 2) + round(i / 3) + hash(i)
print(total)


class Number:
    def __abs__(self):
        return "abs"

    def __round__(self, n=None):
        return ("round", n)

    def __divmod__(self, other):
        return "divmod"

    def __int__(self):
        return 42

    def __float__(self):
        return 4.5

    def __index__(self):
        return 65

    def __pow__(self, other, modulo=None):
        return ("pow", modulo)


n = Number()
print(abs(n), round(n), round(n, 3), divmod(n, 1), int(n), float(n), chr(n), hex(n), pow(n, 2), pow(n, 2, 3), [1] * 70 == [1] * Number() + [1] * 5)
for make in (lambda: chr(-1), lambda: chr(0x110000), lambda: ord(""), lambda: ord(5), lambda: hex(1.5), lambda: abs("a"), lambda: divmod("a", 1), lambda: pow("a", 2),
             lambda: round("a"), lambda: int(None), lambda: float([]), lambda: bin("5"), lambda: round(1.5, "a")):
    try:
        make()
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
