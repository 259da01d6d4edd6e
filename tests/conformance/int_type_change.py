# One variable is small, then big, then small again within the same hot loop.
def wander(rounds):
    value = 3
    small = large = 0
    for i in range(rounds):
        if value < 1 << 61:
            small += 1
            value = value * value + i
        else:
            large += 1
            value = value >> 55
            value &= 0xFFFF
    return value, small, large


print(wander(2000))


def collatz(start):
    steps = 0
    while start != 1:
        start = start // 2 if start % 2 == 0 else 3 * start + 1
        steps += 1
    return steps


print(sum(collatz(n) for n in range(1, 120)), collatz((1 << 62) + 1), collatz((1 << 61) - 1))
hashes = 0
for i in range(500):
    hashes = (hashes * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
print(hashes)
