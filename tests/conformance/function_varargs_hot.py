# Calls through *args and **kwargs in hot loops, with lengths that change.
def add(*numbers):
    total = 0
    for number in numbers:
        total += number
    return total


def forward(*args, **kwargs):
    return target(*args, **kwargs)


def target(a, b=0, c=0, *, scale=1):
    return (a + b * 2 + c * 3) * scale


total = 0
arguments = (1, 2, 3)
for i in range(1000):
    total += add(*arguments) + add(i, *arguments, i) + forward(*arguments[:i % 3 + 1], scale=i % 5)
    if i == 600:
        arguments = [4, 5, 0.5]
    if i == 800:
        arguments = [4, 5, 1 << 62]
print(total)
options = {"b": 1}
results = []
for i in range(400):
    options["c"] = i
    if i % 100 == 99:
        options["bad"] = 1
    try:
        results.append(forward(i, **options))
    except TypeError as error:
        results.append(str(error))
        del options["bad"]
print(len(results), results[98:101], sum(r for r in results if isinstance(r, int)))


def generator():
    yield from (1, 2, 3)


print(add(*generator(), *[4], *{5: 0}, *range(6, 8)), [*generator(), *"ab"], {**options, "b": 2})
