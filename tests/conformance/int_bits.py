# Bit operations on small, negative and big integers, and the bit methods.
values = [0, 1, -1, 12, -12, 255, -256, (1 << 61) - 1, -(1 << 61), 1 << 80, -(1 << 80) + 5]
for a in values[:7]:
    print(a, ~a, a & 10, a | 10, a ^ 10, a & -4, a | -4, a ^ -4)
checksum = 0
for _ in range(15):
    for a in values:
        for b in values:
            checksum = checksum * 5 + (a & b) - (a | b) + (a ^ b) + ~a
            checksum %= (1 << 61) - 1
print(checksum)
for a in values:
    print(a.bit_length(), a.bit_count(), end=" ")
print()
state = 88172645463325252
for _ in range(500):
    state ^= (state << 13) & 0xFFFFFFFFFFFFFFFF
    state ^= state >> 7
    state ^= (state << 17) & 0xFFFFFFFFFFFFFFFF
print(state)
print(True & 1, True & False, True | False, True ^ True, ~5, type(True ^ True), type(True & 1))
