# else of for and while, with break, continue, return and exceptions.
def find(items, wanted):
    for i, item in enumerate(items):
        if item == wanted:
            break
    else:
        return "absent"
    return i


def halve(n):
    steps = 0
    while n > 1:
        if n % 2:
            break
        n //= 2
        steps += 1
    else:
        return "power", steps
    return "odd", n


print(find(range(1000), 700), find(range(1000), -1), find([], 1), halve(1 << 100), halve(3 << 70), halve(1))
primes = []
for n in range(2, 300):
    for p in primes:
        if n % p == 0:
            break
    else:
        primes.append(n)
print(len(primes), primes[-1])
total = 0
for i in range(500):
    for j in range(i % 7):
        if j == 4:
            continue
        if j == 5:
            break
        total += 1
    else:
        total += 100
        continue
    total += 10000
print(total)
i = 0
while i < 500:
    i += 1
    try:
        if i % 3 == 0:
            continue
        if i == 401:
            break
    finally:
        total += 1
else:
    total = -1
print(total, i)
for x in ():
    pass
else:
    print("else of an empty loop", "x" in globals())
