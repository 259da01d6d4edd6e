"""The functions of gc, one after the other."""
import gc
import sys
import weakref


class A:
    pass


def attempt(*calls):
    for call in calls:
        try: print(call())
        except Exception as e: print(type(e).__name__, e)


def cycle(**attributes):
    a = A()
    for name in attributes: setattr(a, name, attributes[name])
    a.me = a
    return weakref.ref(a)


gc.collect()
print(gc.get_threshold(), gc.get_debug(), gc.get_freeze_count(), len(gc.get_stats()), sorted(gc.get_stats()[0]))
attempt(lambda: gc.get_objects(generation=3), lambda: len(gc.get_objects("a")), lambda: gc.collect(3),
        lambda: gc.collect(-1), lambda: gc.collect("a"), lambda: gc.set_threshold(), lambda: gc.set_threshold(1, 2, 3, 4),
        lambda: gc.collect(generation=0) >= 0, lambda: gc.collect(x=1), lambda: len(gc.get_objects(None)) > 100)
info = []


def callback(phase, details):
    info.append((phase, dict(details)))


gc.callbacks.append(callback)
cycle()
print(gc.collect(), info)
info.clear()
print(gc.collect(0), [i[1]["generation"] for i in info])
gc.callbacks.remove(callback)

gc.set_debug(gc.DEBUG_SAVEALL)
w = cycle(n=1)
print(gc.collect(), [type(x).__name__ for x in gc.garbage], w(), gc.garbage[0].n, gc.get_debug())
gc.set_debug(0)
gc.garbage.clear()
print(gc.collect(), gc.get_debug())

l = [A()]
l.append(l)
names = lambda xs: [type(x).__name__ for x in xs]
print(names(gc.get_referrers(l[0])), names(gc.get_referents(l)))
a = A()
a.x = l
print(names(gc.get_referents(a)), a in gc.get_referrers(l), l in gc.get_referrers(l))
print(gc.get_referents({1: "a", 2: "b"}), gc.get_referents(1), gc.get_referents("a"), gc.get_referents((1, 2)), gc.get_referents([3, 4], (5,)), gc.get_referents())
print(any(x is l for x in gc.get_objects()), any(x is l for x in gc.get_objects(2)) or True, any(x is None for x in gc.get_objects()))
l.clear()

gc.collect()
w = cycle()
gc.freeze()
print(gc.get_freeze_count() > 100, gc.collect(), w() is not None)
gc.unfreeze()
print(gc.get_freeze_count(), gc.collect() > 0, w() is None)

gc.set_threshold(5, 6, 7)
print(gc.get_threshold())
gc.set_threshold(0)
print(gc.get_threshold(), gc.isenabled())
w = [cycle() for _ in range(20000)]
print(sum(r() is None for r in w))
print(gc.collect() >= 20000, sum(r() is None for r in w))
gc.set_threshold(2000, 10, 10)
gc.disable()
print(gc.isenabled())
gc.enable()
print(gc.isenabled(), gc.garbage, gc.callbacks)
w = [cycle() for _ in range(200000)]
print(sum(r() is None for r in w) > 0)
print(sorted(x for x in dir(gc) if not x.startswith("_")))
sys.unraisablehook = lambda u: print(u.err_msg.split("<")[0], type(u.exc_value).__name__, u.object)
gc.callbacks.append(lambda p, i: 1 / 0)
gc.collect()
gc.callbacks.clear()
a = A()
w = weakref.ref(a, lambda r: 1 / 0)
del a
a = A()
a.a = a
w = weakref.ref(a, lambda r: 1 / 0)
del a
gc.collect()


class F:
    def __del__(self):
        keep.append(self)


keep = []
f = F()
print(gc.is_finalized(f), gc.is_finalized(1))
f = None
print(len(keep), gc.is_finalized(keep[0]))
f = keep.pop()
f.f = f
f = None
print(gc.collect(), len(keep))


class B:
    __slots__ = ()


def g():
    yield


t = gc.is_tracked
print(t(A()), t(B()), t(g), t(g()), t(len), t([].append), t(None), t(1.5), t("a"), t(b"a"), t(bytearray()), t(2 ** 100), t(1j))
print(t([]), t({}), t(set()), t(frozenset()), t(()), t((1,)), t(([],)), t({1: 2}), t({1: []}), t({1}), t(frozenset({1})))
x = 5
print(t((x,)), t((x, "a")), t((A(),)), t(tuple([[]])), t(((1, 2), 3)), t(((1, []), 3)))
print(t(range(3)), t(slice(1)), t(iter([])), t(iter(())), t(iter("a")), t(iter({})), t(iter(range(3))), t(zip()), t(map(int, [])))
print(t(A), t(int), t(gc), t(ValueError()), t(property()), t(staticmethod(g)), t(type(A.__dict__)), t(A.__dict__), t(A().__dict__), t(list[int]), t(int | str))
