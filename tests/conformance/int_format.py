# Integer formatting: bases, signs, grouping, width, alignment.
print(f"{255:x} {255:X} {255:#x} {255:b} {255:#b} {255:o} {255:#o} {65:c} {255:n}")
print(f"{1234567:,} {1234567:_} {0xABCDEF01:_x} {-1234567:,} {123:,}")
print(f"[{42:6}] [{42:<6}] [{42:^6}] [{42:>6}] [{42:06}] [{-42:06}] [{42:+}] [{42: }] [{42:*^9}] [{42:=+8}]")
print(f"{10 ** 25:,} {-(1 << 70):x} {10 ** 25:40} {3:.2f} {3:e} {50:.0%}")
print("%d %5d %-5d| %05d %+d %x %X %#x %o %c %s %i" % (1, 2, 3, 4, 5, 255, 255, 255, 8, 65, 66, 7))
print(hex(-255), bin(-5), oct(8), hex(1 << 70), bin(0))
length = 0
for i in range(-400, 400):
    length += len(f"{i:+,}") + len("%04d" % i) + len(format(i * i * i, "#x"))
print(length)
for spec in ("s", ".2d", "q", ",x"):
    try:
        print(format(5, spec))
    except ValueError as error:
        print(error)
for template, value in (("%d", "x"), ("%d", 1.9), ("%x", 1.5), ("%c", 1114112)):
    try:
        print(template % value)
    except (TypeError, OverflowError) as error:
        print(type(error).__name__, error)
