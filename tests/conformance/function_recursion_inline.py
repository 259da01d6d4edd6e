# Deep chains of small functions called in a hot loop; the innermost sometimes raises.
def a(x):
    return b(x) + 1


def b(x):
    return c(x) * 2


def c(x):
    return d(x, x + 1)


def d(x, y):
    return e(x)(y)


def e(x):
    def inner(y):
        return f(x, y)
    return inner


def f(x, y):
    if x % 97 == 96:
        raise ValueError(x)
    if x == 500:
        return 0.5
    return g(x) - y


def g(x):
    return [1, 2, 3][x % 4]


results = 0
errors = []
for i in range(900):
    try:
        results += a(i)
    except ValueError as error:
        errors.append(error.args[0])
    except IndexError as error:
        errors.append("i")
print(results, len(errors), errors.count("i"), [x for x in errors if x != "i"])


def depth(error):
    count = 0
    tb = error.__traceback__
    while tb:
        count += 1
        tb = tb.tb_next
    return count


try:
    a(3)
except IndexError as error:
    print(depth(error), error)
