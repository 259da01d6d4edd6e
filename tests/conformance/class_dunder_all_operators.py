# Every binary operator, its reflected and in-place form, dispatched in a hot loop.
names = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor", "matmul"]


class Tracer:
    calls = {}


def install(name):
    def direct(self, other):
        Tracer.calls[name] = Tracer.calls.get(name, 0) + 1
        return name

    def reflected(self, other):
        Tracer.calls["r" + name] = Tracer.calls.get("r" + name, 0) + 1
        return "r" + name
    setattr(Tracer, f"__{name}__", direct)
    setattr(Tracer, f"__r{name}__", reflected)


for name in names:
    install(name)
t = Tracer()
print(t + 1, t - 1, t * 1, t / 1, t // 1, t % 1, t ** 1, t << 1, t >> 1, t & 1, t | 1, t ^ 1, t @ 1)
print(1 + t, 1 - t, 1 * t, 1 / t, 1 // t, 1 % t, 1 ** t, 1 << t, 1 >> t, 1 & t, 1 | t, 1 ^ t, 1 @ t)
for i in range(300):
    t + i, i - t, t * 2.5, 2.5 / t, t // "a", [] % t, t ** None, None << t, t >> t, t & {}, () | t, t ^ i, i @ t
print(sorted(Tracer.calls.items()))
u = t
u += 1
print(u)
Tracer.__isub__ = lambda self, other: ("isub", other)
u = t
u -= 5
print(u)
del Tracer.__add__
try:
    t + 1
except TypeError as error:
    print(error)
