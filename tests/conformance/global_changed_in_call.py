# Globals that a called function changes while a hot loop reads them.
factor = 1
table = [0]


def change(i):
    global factor
    if i == 300:
        factor = 2
    if i == 600:
        factor = 0.5
    if i == 900:
        del factor
    if i == 910:
        globals()["factor"] = 10


def run(rounds):
    total = misses = 0
    for i in range(rounds):
        change(i)
        try:
            total += factor
        except NameError as error:
            misses += 1
            if misses == 1:
                print(error)
    return total, misses


print(run(1000), factor)


def count():
    global hits
    hits += 1
    return hits


hits = 0
for i in range(700):
    if i % 2:
        count()
    hits += 1
print(hits, count())
hits = "text"
try:
    count()
except TypeError as error:
    print(error)
for i in range(300):
    globals()["name" + str(i % 7)] = i
print(name0 + name6, "name7" in globals())
x = 1
for x in range(500):
    x = x * 2
print(x)
