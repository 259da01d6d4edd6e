# Changes of a dict during iteration: errors, allowed value changes, late detection.
def grow(table):
    for key in table:
        table[key + 1000] = 0


def shrink(table):
    for key in table:
        del table[key]


def swap(table):
    for key in table:
        del table[key]
        table[key + 5000] = 1


for function in (grow, shrink, swap):
    for view in (dict.keys, dict.items, dict.values):
        table = dict.fromkeys(range(300), 1)
        try:
            function(table)
        except RuntimeError as error:
            print(function.__name__, error, len(table))
            break
table = dict.fromkeys(range(500), 0)
for _ in range(3):
    for key in table:
        table[key] += key
print(sum(table.values()))
for key, value in table.items():
    table[key] = value / 2
print(sum(table.values()))
seen = 0
try:
    for key, value in table.items():
        seen += 1
        if key == 400:
            table["extra"] = 1
except RuntimeError as error:
    print(error, seen)
for key in list(table):
    del table[key]
print(table)
iterator = iter({1: 1})
print(next(iterator), next(iterator, "done"), next(iterator, "done"))
items = {1: 2, 3: 4}
iterator = iter(items)
next(iterator)
items.clear()
try:
    next(iterator)
except RuntimeError as error:
    print(error)
