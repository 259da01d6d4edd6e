# Stars in displays, calls and assignments; order of evaluation.
log = []


def note(value):
    log.append(value)
    return value


def f(*args, **kwargs):
    return args, kwargs


print(f(*[1], *(2, 3), a=1, **{"b": 2}, **{"c": 3}), [*"ab", *range(2)], (*[], 1), {*[1, 2], *(2, 3)}, {**{"x": 1}, "x": 2, **{"y": 3}})
f(note(1), *[note(2)], note(3), k=note(4), **{"m": note(5)})
print(log)
log.clear()
{note("k1"): note("v1"), note("k2"): note("v2")}
note([0])[note(0)] = note("value")
print(log)
total = 0
for i in range(800):
    args = (i, i + 1)
    extra = {"z": i} if i % 3 else {}
    got, named = f(*args, 5, **extra)
    total += sum(got) + len(named) + len([*got, *named]) + sum({*args, i})
print(total)
for make in (lambda: f(*5), lambda: f(**5), lambda: f(**{1: 2}), lambda: f(a=1, **{"a": 2}), lambda: [*5], lambda: {**5}, lambda: {**[1]}):
    try:
        make()
    except TypeError as error:
        print(error)
first, *middle, last = [*range(3), *"xyz"]
print(first, middle, last, *[1, 2], *"ab", sep="-")
