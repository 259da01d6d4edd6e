# int(str) with bases, underscores, signs and blanks; and its errors.
good = [("12", 10), (" -34 ", 10), ("+5", 10), ("1_000", 10), ("ff", 16), ("0xFF", 16), ("0b101", 0),
        ("0o17", 0), ("z", 36), ("-0x1f", 0), ("11", 2), ("٣٤", 10), ("0", 0)]
for text, base in good:
    print(repr(text), base, int(text, base))
bad = [("", 10), ("1__0", 10), ("_1", 10), ("12a", 10), ("2", 2), ("0x", 16), ("010", 0), ("1.5", 10),
       ("- 1", 10)]
for text, base in bad:
    try:
        print(int(text, base))
    except ValueError as error:
        print(error)
total = 0
for i in range(500):
    total += int(str(i * i - 100)) + int(hex(i), 16) + int(bin(i), 0)
print(total)
big = "9" * 60
print(int(big) + 1, int("-" + big), str(int(big)) == big)
print(int(3.99), int(-3.99), int(True), int(), int(1e20), int(b"42"), int(bytearray(b"7")))
for make in (lambda: int("1", 1), lambda: int("1", 37), lambda: int(5, 10), lambda: int(None),
             lambda: int(float("nan")), lambda: int(float("inf")), lambda: int([])):
    try:
        make()
    except (ValueError, TypeError, OverflowError) as error:
        print(type(error).__name__, error)
