# with: enter and exit order, several managers, as targets, swallowed errors.
log = []


class Manager:
    def __init__(self, name, swallow=False, value=None):
        self.name, self.swallow, self.value = name, swallow, value

    def __enter__(self):
        log.append("+" + self.name)
        return self.value

    def __exit__(self, kind, value, traceback):
        log.append("-" + self.name + (":" + kind.__name__ if kind else ""))
        return self.swallow


with Manager("a") as a, Manager("b", value=[1, 2]) as (x, y):
    log.append("body")
with (Manager("c", swallow=True), Manager("d")):
    raise ValueError
table = {}
with Manager("e", value=5) as table["k"]:
    pass
print(log, a, x, y, table)
log.clear()


def early(i):
    with Manager("r"):
        for j in range(10):
            with Manager("s", swallow=True):
                if j == i:
                    return j
                if j == 3:
                    raise KeyError
                if j == 5:
                    break
                continue
        return "end"


print(early(1), early(4), early(9), len(log), log[-3:])
total = 0
for i in range(500):
    with Manager("h", swallow=i % 2) as value:
        if i % 10 == 3:
            raise IndexError(i)
        total += i
print(total, len(log))
