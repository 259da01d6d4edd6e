# Shifts: overflow to big, right shift of negatives, counts beyond the width, negative counts.
def shifted(limit):
    checksum = 0
    for i in range(limit):
        checksum ^= 1 << (i % 70)
        checksum ^= (-i) >> (i % 66)
    return checksum


print(shifted(1500))
for value in (1, -1, 5, -5, (1 << 61) - 1, -(1 << 61), 1 << 100, -(1 << 100) - 1):
    print([value << n for n in (0, 1, 2, 61, 64)], [value >> n for n in (0, 1, 61, 63, 64, 200)])
value = 1
seen = 0
while value < 1 << 90:
    value <<= 1
    seen += 1
while value:
    value >>= 3
    seen += 1
print(seen)
for count in (-1, -100):
    for function in (lambda n: 1 << n, lambda n: 1 >> n):
        try:
            function(count)
        except ValueError as error:
            print(error)
print(0 << 10 ** 10, 5 >> 10 ** 30, -5 >> 10 ** 30)
