# A builtin shadowed by a global in the middle of a hot loop, and uncovered again.
import sys


def measure(items, rounds, changes):
    total = 0
    for i in range(rounds):
        if i in changes:
            changes[i]()
        total += len(items) + abs(-i % 3)
    return total


def shadow():
    global len
    len = lambda items: 100


def uncover():
    global len
    del len


print(measure([1, 2], 900, {}))
print(measure([1, 2], 900, {300: shadow, 600: uncover}), len([1]))
builtins = sys.modules["builtins"]
original = builtins.abs


def patch():
    builtins.abs = lambda x: 7


def restore():
    builtins.abs = original


print(measure([1], 900, {200: patch, 500: restore, 600: shadow, 700: uncover}))
builtins.extra_name = 5
print(extra_name)
total = 0
for i in range(500):
    total += extra_name
    if i == 250:
        builtins.extra_name = 6
    if i == 400:
        extra_name = 1000
print(total)
del extra_name
print(extra_name)
del builtins.extra_name
try:
    extra_name
except NameError as error:
    print(error)


def hidden_range(n):
    range = lambda n: [n, n]
    return sum(range(n))


print(sum(hidden_range(i) for i in range(300)))
print = print
print("still prints")
