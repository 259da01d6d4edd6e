# An uncaught error: traceback through functions, methods and a hot loop.
class Walker:
    def __init__(self, limit):
        self.limit = limit

    def step(self, i):
        if i == self.limit:
            return self.fail(i)
        return i

    def fail(self, i):
        data = {"a": [1, 2]}
        return data["a"][i - self.limit + 5] + i


def run(walker):
    total = 0
    for i in range(1000):
        total += walker.step(i)
    return total


print(run(Walker(5000)))
print(run(Walker(700)))
