# Exceptions raised rarely, then often, then by another cause, in one hot loop.
def parse(value):
    if isinstance(value, str):
        raise TypeError(value)
    return 100 // value


def run(values):
    good = bad = other = 0
    for value in values:
        try:
            good += parse(value)
        except ZeroDivisionError:
            bad += 1
        except TypeError as error:
            other += len(error.args[0])
    return good, bad, other


print(run([1] * 500))
print(run([1] * 500 + [0] + [2] * 300))
print(run([5] * 300 + [0, 1] * 200 + ["ab"] * 10 + [3.5] * 20))
print(run(["xyz"] * 300 + [0] * 300 + [1 << 70] * 10))


def search(table, keys):
    found = 0
    for key in keys:
        try:
            found += table[key]
        except KeyError:
            table[key] = 1
        except TypeError:
            found -= 1
    return found, len(table)


print(search({}, [i % 40 for i in range(800)] + [[]] * 5 + ["x"] * 5))


def index_until_error(items):
    i = total = 0
    try:
        while True:
            total += items[i]
            i += 1
    except IndexError:
        return total, i


print(index_until_error(list(range(700))), index_until_error([]), index_until_error(tuple(range(50))))
stops = 0
iterator = iter(range(900))
while True:
    try:
        stops += next(iterator)
    except StopIteration:
        break
print(stops)
