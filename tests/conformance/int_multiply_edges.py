# Multiplication overflow in a hot loop: small, then large, then small again.
def product(limit, factor, start):
    value = start
    large = 0
    for i in range(limit):
        value *= factor
        if value > (1 << 61) - 1 or value < -(1 << 61):
            large += 1
            value = start + i
    return value, large


print(product(1000, 7, 1))
print(product(1000, -3, 5))
print(product(500, 1 << 31, 3))
operands = [0, 1, -1, 2, -2, 1 << 30, 1 << 31, 1 << 32, -(1 << 31), (1 << 61) - 1, -(1 << 61)]
checksum = 0
for _ in range(20):
    for a in operands:
        for b in operands:
            checksum = (checksum * 31 + a * b) % 1000000007
print(checksum)
print(((1 << 61) - 1) * -1, -(1 << 61) * -1, (1 << 31) * (1 << 30))
