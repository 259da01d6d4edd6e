# A sum that leaves 62 bits, then 64, in the middle of a hot loop, and comes back.
def total_of(step, rounds):
    total = 0
    peak = 0
    for i in range(rounds):
        if i < rounds // 2:
            total += step
        else:
            total -= step
        if total > peak:
            peak = total
    return total, peak


print(total_of(1 << 50, 600))
print(total_of(1 << 53, 600))
print(total_of(1 << 55, 600))
print(total_of((1 << 61) - 1, 600))
print(total_of(2.0 ** 1015, 600))


def lcg(seed, rounds):
    for _ in range(rounds):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % (1 << 64)
    return seed


def wrapped(seed, rounds):
    for _ in range(rounds):
        seed = seed * 1103515245 + 12345 & 0x7FFFFFFF
    return seed


print(lcg(1, 700), wrapped(1, 900))
counter = (1 << 61) - 400
hits = 0
while counter < (1 << 61) + 400:
    counter += 1
    if counter & 1 and counter % 3 == 0:
        hits += 1
print(counter, hits)
counter = -(1 << 61) + 400
while counter > -(1 << 61) - 400:
    counter -= 1
print(counter, counter + (1 << 61))
i = (1 << 62) - 300
for _ in range(600):
    i += 1
print(i == (1 << 62) + 300, -i, i * 2, i - (1 << 62))
