# Frames looked at from inside a hot inlined chain: locals, names, line numbers, callers.
import sys


def peek(depth):
    frame = sys._getframe(depth)
    return frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, len(frame.f_locals)


def leaf(i):
    local = i * 2
    if i % 100 == 99:
        return peek(1), peek(2), peek(3)
    return local


def middle(i):
    a = i
    b = a + 1
    result = leaf(b - 1)
    return result


def run(rounds):
    total = 0
    seen = []
    for i in range(rounds):
        result = middle(i)
        if type(result) is tuple:
            seen.append(result)
        else:
            total += result
    return total, len(seen), seen[0], seen[-1]


print(run(1000))


def snapshot():
    frame = sys._getframe(1)
    return dict(frame.f_locals)


def observed(rounds):
    x = 0
    y = "start"
    for i in range(rounds):
        x += i
        if i == 700:
            before = snapshot()
            y = "changed"
            after = snapshot()
    return before, after["y"], x


print(observed(900))


def writer():
    sys._getframe(1).f_locals["x"] = 1000


def written(rounds):
    x = 0
    for i in range(rounds):
        x += 1
        if i == 500:
            writer()
    return x


print(written(800))


def caller_names(depth):
    names = []
    frame = sys._getframe()
    while frame is not None and len(names) < depth:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


print([caller_names(4) for _ in range(300)][299])
