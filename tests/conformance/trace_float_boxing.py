# Floats that reach rare magnitudes, nan and integers-as-floats at exits of a hot loop.
def run(start, factor, rounds):
    x = start
    log = []
    for i in range(rounds):
        x = x * factor
        if i % 200 == 199:
            log.append(x)
        if x > 1e290:
            x = x / 1e290
        elif 0 < x < 1e-290:
            x = x * 1e290
    return x, log


print(run(1.0, 1.9, 900))
print(run(-1.0, 7.5, 500))
print(run(1.0, 0.3, 900))
store = {}
values = []
for i in range(900):
    x = 2.0 ** (i - 450)
    values.append(x)
    store[x] = i
print(len(store), values[0], values[100], values[300], values[450], values[-1], store[2.0 ** 300], sum(values[:400]), max(values), min(values))


class Holder:
    pass


h = Holder()
h.x = 1.0
for i in range(800):
    h.x = h.x * 2.0 if i < 500 else h.x / 2.0
    if i in (255, 256, 257, 499):
        print(i, h.x, h.x == 2.0 ** (i + 1))
print(h.x)
total = 0.0
for i in range(1000):
    x = float(i - 500)
    total += x / x if x else 0.25
    total += 1e200 * 1e100 * 0.0
print(total)
a = 1e300
total = 0
for i in range(600):
    b = a * (1e10 if i == 300 else 1.0)
    c = b - b
    total += c != c
    total += b == a
print(total)
y = 0.5
for i in range(400):
    y = 4.0 * y * (1 - y) if y not in (0.0, 1.0) else 0.3
print(0 <= y <= 1, int(1e18) + 1, float(1 << 61), (1 << 61) * 1.0 == float(1 << 61), -(2.0 ** 256) // 1)
