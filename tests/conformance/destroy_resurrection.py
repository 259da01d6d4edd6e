# Objects that __del__ brings back: they live on, and __del__ runs only once.
import gc
import weakref

saved = []


class Phoenix:
    def __init__(self, i):
        self.i = i

    def __del__(self):
        saved.append(self)


for i in range(300):
    Phoenix(i)
print(len(saved), saved[7].i, sum(p.i for p in saved))
p = saved.pop()
r = weakref.ref(p)
del p
print(r() is None, len(saved))
saved.clear()
print(len(saved))
gc.collect()
print(len(saved))
x = Phoenix("x")
r = weakref.ref(x)
x = None
print(r() is None, saved[0].i)
saved.clear()


class Pair:
    deaths = 0

    def __init__(self):
        self.me = self

    def __del__(self):
        Pair.deaths += 1
        saved.append(self)


Pair()
gc.collect()
print(Pair.deaths, len(saved), saved[0].me is saved[0])
saved.clear()
gc.collect()
print(Pair.deaths, len(saved))
