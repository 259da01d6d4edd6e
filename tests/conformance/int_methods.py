# Methods and attributes of int, rounding to tens, conversion to bytes.
print((10).numerator, (10).denominator, (10).real, (10).imag, (10).conjugate(), (5).is_integer())
print(round(1234, -2), round(1250, -2), round(1350, -2), round(-1250, -2), round(15, -1), round(7))
print((1024).to_bytes(2, "big"), (1024).to_bytes(4, "little"), (-2).to_bytes(3, "big", signed=True))
print(int.from_bytes(b"\x04\x00", "big"), int.from_bytes(b"\xff\xfe", "big", signed=True))
print((5).as_integer_ratio(), (255).__format__("x"), int.__add__(3, 4), (3).__add__(4.0))
print((7).__divmod__(2), (7).__rsub__(10), (2).__pow__(5, 7), (6).__truediv__(4), (-6).__abs__())
checksum = 0
for i in range(600):
    data = (i * 7919).to_bytes(5, "big")
    checksum += int.from_bytes(data[::-1], "little") - round(i, -1)
print(checksum)
for make in (lambda: (256).to_bytes(1, "big"), lambda: (-1).to_bytes(1, "big")):
    try:
        make()
    except OverflowError as error:
        print(error)
try:
    (5).missing
except AttributeError as error:
    print(error)
