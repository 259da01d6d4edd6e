# The shortest repr that reads back, with exponents where CPython puts them.
values = [0.0, -0.0, 1.0, -1.5, 0.1, 0.2, 0.1 + 0.2, 1e16, 1e15, 123456789012345680.0, 1e-4, 1e-5,
          1e22, 1e23, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 3.14, 1 / 3, 2 / 3, 100.0]
for value in values:
    print(value, repr(-value), str(value) == repr(value), float(repr(value)) == value)
length = 0
x = 1.0
for i in range(600):
    x = x * 1.37 if x < 1e20 else x / 3.1e24
    length += len(repr(x))
print(length, x)
print([1.0, 2.5], (1e100,), {1.5: -0.0}, f"{1.0} {1e300}")
print(float("1_0.5"), float(" 1e3 "), float("-.5"), float("5."), float("+Infinity"), float("nAn"))
for text in ("", "1e", "abc", "1__0", "0x10", "1.2.3"):
    try:
        float(text)
    except ValueError as error:
        print(error)
