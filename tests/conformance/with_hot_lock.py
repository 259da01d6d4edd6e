# A context manager in a hot loop whose __exit__ is replaced, and which counts its depth.
class Lock:
    def __init__(self):
        self.depth = 0
        self.entered = 0

    def __enter__(self):
        self.depth += 1
        self.entered += 1
        return self.depth

    def __exit__(self, kind, value, traceback):
        self.depth -= 1


lock = Lock()


def recurse(n):
    with lock as depth:
        return depth if n == 0 else recurse(n - 1)


total = 0
for i in range(700):
    with lock as outer, lock as inner:
        total += inner - outer + recurse(i % 5)
    if i == 500:
        Lock.__exit__ = lambda self, *details: setattr(self, "depth", 0)
    if i == 600:
        lock.__enter__ = lambda: 1000
print(total, lock.depth, lock.entered)


class Timer:
    def __init__(self, results):
        self.results = results

    def __enter__(self):
        self.start = len(self.results)
        return self

    def __exit__(self, *details):
        self.results.append(self.start)


results = []
for i in range(300):
    with Timer(results):
        with Timer(results) as timer:
            results.append(timer.start)
print(len(results), results[:6], sum(results))
