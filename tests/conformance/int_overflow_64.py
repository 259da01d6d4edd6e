# Products and sums around 2**63 and 2**64; results must never wrap.
checksum = 0
for bits in (61, 62, 63, 64):
    for delta in (-2, -1, 0, 1, 2):
        edge = (1 << bits) + delta
        print(bits, delta, edge, -edge, edge * edge)

total = 1
for i in range(300):
    total = total * 3 + i
    if total > 1 << 64:
        total %= 1000003
    checksum ^= total
print(checksum)

value = 1
doubled = []
for i in range(200):
    value += value
    if i % 20 == 0:
        doubled.append(value)
print(doubled)
value = -1
for i in range(130):
    value *= 2
print(value, value == -(1 << 130))
print(3037000500 * 3037000500, 4294967296 * 2147483648, -4294967296 * 2147483648)
