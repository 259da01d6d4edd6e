# Comparisons between int and float are exact, also beyond 2**53.
edge = 2 ** 53
print(edge == float(edge), edge + 1 == float(edge), edge + 1 > float(edge), edge + 1 == edge + 1.0)
print(10 ** 400 > float("inf"), 10 ** 400 > 1e308, -(10 ** 400) < -1e308, 10 ** 400 == float("nan"))
print(0 == -0.0, 1 < 1.5, 2 > 1.5, 1 <= 1.0, 1 >= 1.0, 1 != 1.0)
print((1 << 61) == float(1 << 61), (1 << 61) - 1 == float(1 << 61), (1 << 63) < 9.3e18)
nan = float("nan")
print(nan == 1, 1 != nan, 1 < nan, 1 > nan, nan <= 1, nan >= 1)
count = 0
for i in range(1000):
    x = i / 2
    if i // 2 == x:
        count += 1
    if i > x:
        count += 2
    if x <= i // 2:
        count += 4
print(count)
low, high = 0, 1 << 70
limit = 1e15
steps = 0
while low < high:
    middle = (low + high) // 2
    steps += 1
    if middle < limit:
        low = middle + 1
    else:
        high = middle
print(low, steps)
print(sorted([3, 2.5, True, -1, 2.5e300, 10 ** 200, -0.0]))
