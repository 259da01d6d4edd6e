# range: length, indexing, slicing, membership, equality, big bounds, negative steps.
r = range(10, 50, 3)
print(r, len(r), r[0], r[-1], r[2:5], r[::-1], 13 in r, 14 in r, 13.0 in r, "a" in r, r.index(16), r.count(16), r.start, r.stop, r.step)
print(list(range(5, 0, -2)), list(range(0)), list(range(3, 3)), range(0) == range(5, 5), range(0, 3, 2) == range(0, 4, 2), bool(range(0)))
print(hash(range(3)) == hash(range(0, 3)), range(1, 10)[3:8:2], list(reversed(range(4))), sum(range(101)), max(range(5)), range(5) == [0, 1])
total = 0
for i in range(2000, -2000, -7):
    total += i
for i in range(1 << 61, (1 << 61) + 500):
    total ^= i
for i in range((1 << 64) - 300, (1 << 64) + 300, 3):
    total += i & 0xFF
print(total)
big = range(10 ** 30, 10 ** 30 + 10)
print(len(big), big[3], 10 ** 30 + 5 in big, list(big)[-1] - 10 ** 30, big[-1:0:-4])
for i in range(3):
    i = 100
print(i)
n = 5
for i in range(n):
    n = 100
print(i, n)
for make in (lambda: range(1, 2, 0), lambda: range(1.0), lambda: range(), lambda: range(3)[3], lambda: range(3).index(7),
             lambda: range("3"), lambda: len(range(10 ** 30))):
    try:
        make()
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        print(type(error).__name__, error)
