# nan, inf and negative zero in arithmetic, comparison and containers.
inf = float("inf")
nan = float("nan")
print(inf + 1, inf - inf, inf * 0, inf / inf, -inf, 1 / inf, -1 / inf, inf == inf, inf > 10 ** 400)
print(nan == nan, nan != nan, nan < nan, nan in [nan], [nan] == [nan], nan is nan, (nan,) == (nan,))
print(-0.0 == 0.0, str(-0.0), 0.0 + -0.0, -0.0 + -0.0, 0.0 * -1, -0.0 * -1, -0.0 - 0.0, abs(-0.0))
print(min(nan, 1), min(1, nan), max(nan, 1), max(1, nan), sorted([3.0, 1.0, 2.0]))
print(bool(nan), bool(-0.0), inf // 2, inf % 2, 5 % inf, -5 % inf, 5 // inf, -5 // inf)
total = 0.0
nans = zeros = 0
for i in range(1000):
    x = inf if i % 100 == 50 else i - 500.0
    y = x - x
    if y != y:
        nans += 1
    elif x * -0.0 == 0:
        zeros += 1
        total += x
print(total, nans, zeros)
print(1e308 * 10, -1e308 * 10, 1e-308 / 1e10, 5e-324 / 2, 1e308 + 1e308, 2.0 ** 1023 * 2)
for make in (lambda: 1.0 / 0, lambda: 1.0 // 0.0, lambda: 1.0 % 0, lambda: 0.0 ** -1,
             lambda: 10.0 ** 400, lambda: divmod(1.0, 0)):
    try:
        make()
    except (ZeroDivisionError, OverflowError) as error:
        print(type(error).__name__, error)
