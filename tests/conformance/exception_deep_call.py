# An exception from five calls deep unwinds through handlers, finally and with blocks in a hot loop.
events = {}


def note(name):
    events[name] = events.get(name, 0) + 1


class Manager:
    def __enter__(self):
        note("enter")
        return self

    def __exit__(self, kind, value, traceback):
        note("exit " + (kind.__name__ if kind else "none"))
        return kind is KeyError


def level1(i):
    try:
        return level2(i)
    finally:
        note("level1 finally")


def level2(i):
    with Manager():
        return level3(i)
    return "swallowed"


def level3(i):
    try:
        return level4(i)
    except IndexError:
        note("level3 except")
        return -1


def level4(i):
    for j in range(3):
        if j == 2:
            return level5(i)


def level5(i):
    if i % 50 == 49:
        raise ValueError(i)
    if i % 50 == 20:
        raise KeyError(i)
    if i % 50 == 10:
        return [][i]
    return i


total = 0
caught = 0
for i in range(700):
    try:
        result = level1(i)
        total += result if isinstance(result, int) else len(result)
    except ValueError as error:
        caught += error.args[0]
        frames = []
        tb = error.__traceback__
        while tb:
            frames.append(tb.tb_frame.f_code.co_name)
            tb = tb.tb_next
print(total, caught, events, frames)
