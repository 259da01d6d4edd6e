# A variable goes from int to float to str to list inside one hot loop.
def run(values):
    result = 0
    kinds = []
    for value in values:
        if type(result).__name__ not in kinds:
            kinds.append(type(result).__name__)
        try:
            result = result + value
        except TypeError:
            result = value
    return result if not isinstance(result, (str, list)) else len(result), kinds


print(run([1] * 500))
print(run([1] * 500 + [0.5] * 200))
print(run([1] * 300 + [0.5] * 100 + ["ab"] * 100 + [[1]] * 50 + [1 << 61] * 3 + [True]))
print(run(["a"] * 300 + ["é"] * 3 + ["😀"] * 2))


def accumulate(items):
    total = items[0]
    for item in items[1:]:
        total += item
    return total


print(accumulate([1] * 400), accumulate([1.5] * 400), accumulate(["x"] * 400)[:5], len(accumulate([(1,)] * 300)), accumulate([1, 2.5, 1 << 80]))


def compare_all(pairs):
    count = 0
    for a, b in pairs:
        if a < b:
            count += 1
        elif a == b:
            count += 100
    return count


print(compare_all([(i % 5, i % 3) for i in range(600)] + [(i / 2, i) for i in range(50)] + [("a", "b"), ((1,), (2,)), ([3], [3]), (True, 1.0)]))
flip = 0
for i in range(1000):
    flip = not flip if i % 3 else -flip
print(flip, type(flip).__name__)
