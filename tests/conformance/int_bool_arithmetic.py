# bool is an int: arithmetic, indexing, sums and mixtures that change type in a loop.
print(True + True, True - False, True * 5, -True, +True, abs(True), True / 2)
print(True == 1, False < True, True << 3, 5 // True, 5 % True, True ** 2)
total = 0
for i in range(1000):
    total += i % 3 == 0
    total += (i > 500) * 2
    total -= not i
print(total, type(total).__name__)
flag = True
count = 0
for i in range(300):
    flag = flag ^ (i % 7 == 0)
    count += flag
    if i == 200:
        flag = 5
print(flag, count)
print(["no", "yes"][True], sum([True, False, True]), "ab" * True, [1] * False)
print(bool(0), bool(0.0), bool(""), bool([]), bool([0]), bool("0"), bool(-0.0), bool(None), bool())
print(isinstance(True, int), type(True), int(True), repr(True), str(False), f"{True:d} {True!r:>6}")
print({1: "a", True: "b", 1.0: "c"}, hash(True) == hash(1), max(True, 0), True.bit_length())
