"""Objects, globals, closures and defaults in hot loops that see the same for many rounds, and then another."""


class One:
    v = 1
    def m(self): return 1
    def __len__(self): return 1
    def __eq__(self, o): return "one"
    def __add__(self, o): return "one"
    def __getitem__(self, i): return "one"
    def __contains__(self, i): return True
    def __call__(self): return "one"
    def __bool__(self): return True
    __hash__ = None


class Two(One):
    v = 2
    def m(self): return 2
    def __len__(self): return 2
    def __eq__(self, o): return "two"
    def __add__(self, o): return "two"
    def __getitem__(self, i): return "two"
    def __contains__(self, i): return False
    def __call__(self): return "two"
    def __bool__(self): return False


def uses(x): return x.v, x.m(), len(x), x == 1, x + 1, x[0], 1 in x, x(), 1 if x else 0, isinstance(x, Two)


values = [One()] * 200
values[150] = Two()
values[180] = type("Three", (One,), {"v": 3, "__len__": lambda s: 3})()
print([r for i, r in enumerate([uses(x) for x in values]) if i in (0, 149, 150, 151, 180, 199)])
changed = []
for i in range(300):
    if i == 150: One.v = 5
    if i == 180: One.m = lambda self: 6
    if i == 200: One.__len__ = lambda self: 7
    if i == 220: One.__add__ = lambda self, o: 8
    if i == 240: One.w = property(lambda self: 9); One.v = One.w
    if i == 260: del One.m
    try: r = uses(values[0])
    except AttributeError as e: r = str(e)
    if i % 20 == 10: changed.append(r)
print(changed)


def maker(space):
    exec("def f(i):\n    return g + len('ab') + i\n", space)
    return space["f"]


fs = [maker({"g": 1})] * 100
fs[70] = maker({"g": 10})
fs[80] = maker({"g": 1, "len": lambda s: 50})
fs[90] = maker({"g": 1.5})
print([f(i) for i, f in enumerate(fs)][66:94])


def closure(n):
    def f(i): return n + i
    return f


fs = [closure(1)] * 100
fs[70] = closure(100)
fs[80] = closure("a")
out = []
for i, f in enumerate(fs):
    try: out.append(f(i))
    except TypeError: out.append("TypeError")
print(out[68:83])


def default(x=1): return x


seen = []
for i in range(200):
    if i == 100: default.__defaults__ = (2,)
    if i == 130: default.__code__ = (lambda x=9: x * 10).__code__
    if i == 160: default.__defaults__ = None; default.__defaults__ = ("z",)
    seen.append(default())
print(seen[99], seen[100], seen[131], seen[165])
a, b = list(range(200)), [0] * 200
for i in range(200):
    k = 150
    if i == k:
        a.append("end")
        b[i] = len(a)
    else:
        b[i] = a[i] if i != 170 else a[-1]
print(b[149:152], b[169:172])
