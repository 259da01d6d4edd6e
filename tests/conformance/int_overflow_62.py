# Sums and differences that cross the 62-bit boundary inside a hot loop.
EDGE = 1 << 61


def climb(start, step, count):
    value = start
    crossings = 0
    for _ in range(count):
        before = value
        value += step
        if before < EDGE <= value or value < -EDGE <= before:
            crossings += 1
    return value, crossings


print(climb(EDGE - 1000, 1, 2000))
print(climb(-EDGE + 1000, -1, 2000))
print(climb(EDGE - 5, 3, 4))
print(EDGE - 1, EDGE, -EDGE, -EDGE - 1)
print((EDGE - 1) + 1 == EDGE, EDGE - 1 < EDGE, -EDGE - 1 < -EDGE)
print((EDGE - 1) + (EDGE - 1), (-EDGE) + (-EDGE), (-EDGE) - EDGE)
value = EDGE - 300
for i in range(600):
    value = value + 1 if i < 500 else value - 2
print(value - EDGE, type(value).__name__)
