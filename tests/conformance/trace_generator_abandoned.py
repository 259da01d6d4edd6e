# A hot loop over generators that are dropped in the middle, while others are kept suspended.
finished = []


def numbers(n, tag):
    try:
        i = 0
        while i < n:
            yield i
            i += 1
    finally:
        finished.append(tag)


def first_over(limit, tag):
    for value in numbers(1000, tag):
        if value > limit:
            return value


print(sum(first_over(i % 9, i) for i in range(300)), len(finished), finished[:3])
finished.clear()
suspended = [numbers(50, i) for i in range(20)]
total = 0
for round_number in range(30):
    for generator in suspended:
        total += next(generator)
print(total, finished)
for generator in suspended[::2]:
    generator.close()
print(finished)
del suspended, generator
print(len(finished), finished[-2:])


def interleave(*iterators):
    pending = list(iterators)
    while pending:
        for iterator in pending[:]:
            try:
                yield next(iterator)
            except StopIteration:
                pending.remove(iterator)


print(sum(interleave(iter(range(300)), numbers(200, "a"), (x / 2 for x in range(100)))), list(interleave(iter("ab"), iter("c"))))


def failing(n):
    for i in range(n):
        if i == 400:
            raise KeyError(i)
        yield i


total = 0
try:
    for a, b in zip(failing(1000), numbers(1000, "partner")):
        total += a * b
except KeyError as error:
    print(error, total)
print(finished[-1])
