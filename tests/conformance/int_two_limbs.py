"""Integers around one and two limbs: all operators against sums of their parts, positive and negative, hot."""
EDGES = sorted({sign * ((1 << bits) + offset) for bits in (0, 30, 61, 62, 63, 64, 65, 126, 127, 128, 129) for offset in (-1, 0, 1) for sign in (1, -1)})


def bits_of(value, width=320):
    return [(value >> k) & 1 for k in range(width)]


def from_bits(bits):
    value = sum(bit << k for k, bit in enumerate(bits[:-1]))
    return value - (bits[-1] << len(bits) - 1)


def checks(a, b):
    total = a + b
    assert total - b == a and total - a == b and a - b == -(b - a), (a, b)
    product = a * b
    assert not b or product // b == a and product % b == 0, (a, b)
    both, either, one = a & b, a | b, a ^ b
    assert either + both == total and either - both == one and one ^ b == a, (a, b)
    assert ~both == ~a | ~b, (a, b)
    return (total ^ product) + (both ^ either)


print(len(EDGES), sum(checks(a, b) for a in EDGES for b in EDGES))
for a in EDGES[::5]:
    for b in EDGES[::7]:
        pairs = list(zip(bits_of(a), bits_of(b)))
        assert a & b == from_bits([x & y for x, y in pairs]) and a ^ b == from_bits([x ^ y for x, y in pairs]), (a, b)
for a in EDGES:
    for count in (0, 1, 2, 61, 62, 63, 64, 65, 126, 127, 128, 129, 200):
        assert (a << count) >> count == a and a << count == a * 2 ** count, (a, count)
        assert a >> count == a // 2 ** count, (a, count)
for wrong in ("1 << -1", "(1 << 70) >> -1", "(1 << 70) << -(1 << 70)", "1 >> -(1 << 70)"):
    try:
        print(eval(wrong))
    except ValueError as error:
        print(wrong, error)
print((1 << 70) >> (1 << 70), -(1 << 70) >> (1 << 70), 0 << 5000, True + (1 << 64), (1 << 64) & True)


def generator(n):
    x, mixed = 3, 0
    for i in range(n):
        x = x * 6364136223846793005 + 1442695040888963407 & (1 << 128) - 1
        mixed ^= x >> 64 | i << 60
        mixed -= x & 0xFFFF_FFFF_FFFF
    return x, mixed, -mixed >> 7, ~x


print(generator(3000))
