# Nested loops with break and continue on every level, loop variables after the loops.
def search(grid, wanted):
    steps = 0
    for r, row in enumerate(grid):
        for c, value in enumerate(row):
            steps += 1
            if value < 0:
                continue
            if value == wanted:
                return r, c, steps
            if value > 1000:
                break
    return steps


grid = [[(r * 31 + c * 17) % 97 - 3 for c in range(30)] for r in range(30)]
print(search(grid, 50), search(grid, 96), search([[2000, 1]] * 400, 1))
total = 0
for i in range(20):
    j = 0
    while True:
        j += 1
        if (i + j) % 3 == 0:
            continue
        k = 0
        while k < j:
            k += 1
            if k * j > 40:
                break
        else:
            total += k
            if j < 12:
                continue
        total += i * 1000
        if j > 10 or total % 7 == 0:
            break
print(total, i, j, k)
n = 0
while n < 100000:
    n += 1
    if n & 1:
        continue
    if n > 3000:
        break
print(n)
triangle = 0
for a in range(40):
    for b in range(a):
        for c in range(b):
            if a * a == b * b + c * c:
                triangle += a
                break
        else:
            triangle += 1
print(triangle)
