# A guard that holds for a long hot phase, then fails once, then always.
class A:
    v = 1


class B(A):
    v = 2


def run(objects):
    total = 0
    for o in objects:
        total += o.v
    return total


print(run([A()] * 1500 + [B()] + [A()] * 200 + [B()] * 300))


def typed(values):
    total = 0
    for value in values:
        total = total * 2 + value if value else total
        if total > 10 ** 15:
            total %= 97
    return total


print(typed([1] * 1200 + [None] + [3] * 100 + [""] * 50 + [2.5] + [True] * 20))


def lengths(items):
    total = 0
    for item in items:
        total += len(item)
    return total


print(lengths([[1, 2]] * 1000 + ["abc"] + [(1,)] * 200 + [{}, {1}, b"xy", range(7)] * 20))


def first(items):
    total = 0
    for item in items:
        total += item[0]
    return total


try:
    print(first([[1]] * 900 + [(2,)] * 100 + [{0: 3}] + [[]]))
except IndexError as error:
    print(error)


def calls(functions):
    total = 0
    for function in functions:
        total += function(3)
    return total


def double(x):
    return 2 * x


print(calls([double] * 1000 + [abs] * 100 + [lambda x: x] * 50 + [int] + [[5, 6, 7, 8].__getitem__] + [double] * 100))
