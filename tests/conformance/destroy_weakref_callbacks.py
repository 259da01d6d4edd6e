# weakref callbacks: order, with __del__, dead references, in a hot loop.
import weakref

log = []


class A:
    def __init__(self, name):
        self.name = name


class D(A):
    def __del__(self):
        log.append("del " + str(self.name))


a = A("a")
r1 = weakref.ref(a, lambda r: log.append("first"))
r2 = weakref.ref(a, lambda r: log.append("second"))
print(r1() is a, r1 is r2, weakref.getweakrefcount(a), r1 == r2, weakref.ref(a) is weakref.ref(a))
del a
print(log, r1(), r2())
log.clear()
d = D("d")
r = weakref.ref(d, lambda r: log.append(("callback", r())))
d = None
print(log)
log.clear()
count = 0


def on_death(reference):
    global count
    count += 1


total = 0
for i in range(1000):
    target = A(i)
    reference = weakref.ref(target, on_death)
    total += reference().name + count
print(total, count)
del target
print(count, reference() is None)
strong = A("target")
proxy = weakref.proxy(strong)
print(proxy.name, sum(len(proxy.name) for _ in range(300)))
del strong
try:
    proxy.name
except ReferenceError as error:
    print(error)
for bad in (5, "x", None, (1,)):
    try:
        weakref.ref(bad)
    except TypeError as error:
        print(error)
values = weakref.WeakValueDictionary()
keep = A("keep")
values["k"] = keep
values["gone"] = A("gone")
print(sorted(values), values["k"] is keep)
r = weakref.ref(keep, lambda r: log.append("never"))
del r
del keep
print("never" in log)
