# Replacing __code__ and __defaults__ of a function that a hot loop has inlined.
def step(x, by=1):
    return x + by


def loop(rounds, at, change):
    total = 0
    for i in range(rounds):
        total = step(total)
        if i == at:
            change()
    return total


def change_defaults():
    step.__defaults__ = (10,)


def change_code():
    step.__code__ = (lambda x, by: x - by).__code__


def change_global():
    global step
    old = step
    step = lambda x: old(x, 100)


print(loop(1000, 2000, None))
print(loop(1000, 500, change_defaults))
print(loop(1000, 900, change_code))
print(loop(1000, 10, change_global))
print(loop(500, 499, lambda: None))
