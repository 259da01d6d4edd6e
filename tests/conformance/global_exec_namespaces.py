# globals() and module attributes as views of the same namespace in a hot loop.
import sys

me = sys.modules[__name__]
level = 1


def read():
    return level


def run(rounds, at, change):
    total = 0
    for i in range(rounds):
        total += read()
        if i == at:
            change()
    return total


print(run(800, 400, lambda: setattr(me, "level", 5)))
print(run(800, 400, lambda: globals().update(level=9)))
print(run(800, 400, lambda: globals().pop("level") and setattr(me, "level", -1)))
print(run(800, 799, lambda: me.__dict__.__setitem__("level", 0)), level, me.level)
read_code = read.__code__
make = type(read)
other = make(read_code, {"level": 1000})
print(other(), read())
total = 0
space = {"level": 1}
moving = make(read_code, space)
for i in range(600):
    total += moving()
    if i % 100 == 99:
        space["level"] += i
    if i == 450:
        space.clear()
        space["level"] = 3
print(total, sorted(k for k in space if not k.startswith("__")))
del level
try:
    read()
except NameError as error:
    print(error)
