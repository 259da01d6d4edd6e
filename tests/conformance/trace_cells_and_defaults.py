# Cells, nonlocal and default arguments that change under a hot inlined function.
def make():
    scale = 1
    offset = 0

    def apply(x, bias=[0]):
        return x * scale + offset + bias[0]

    def configure(new_scale=None, new_offset=None):
        nonlocal scale, offset
        if new_scale is not None:
            scale = new_scale
        if new_offset is not None:
            offset = new_offset
    return apply, configure


apply, configure = make()
total = 0
for i in range(1200):
    total += apply(i)
    if i == 400:
        configure(new_scale=2)
    if i == 600:
        configure(new_offset=0.5)
    if i == 800:
        apply.__defaults__[0][0] = 100
    if i == 1000:
        apply.__closure__[1].cell_contents = 1 << 61
print(total, [c.cell_contents for c in apply.__closure__])


def accumulators(n):
    result = []
    for i in range(n):
        total = i

        def add(x):
            nonlocal total
            total += x
            return total
        result.append(add)
    return result


functions = accumulators(5)
print([f(1) for f in functions], functions[0](10), functions[4](0))


def toggling(rounds):
    flag = True

    def flip():
        nonlocal flag
        flag = not flag

    count = 0
    for i in range(rounds):
        if i % 3 == 0:
            flip()
        if flag:
            count += 1
    return count


print(toggling(1000))


def shadow(rounds):
    value = 1
    total = 0
    for i in range(rounds):
        value = value + (lambda value: value * 2)(i)
        total += [value for value in (i, i + 1)][1] + value
    return total


print(shadow(500))
