# __repr__, __str__, __format__ and their fallbacks.
class Both:
    def __repr__(self):
        return "Both()"

    def __str__(self):
        return "both"


class ReprOnly:
    def __repr__(self):
        return "ReprOnly()"


class Formatted(ReprOnly):
    def __format__(self, spec):
        return f"[{spec or 'empty'}]"


b, r, f = Both(), ReprOnly(), Formatted()
print(b, [b], (b,), {b: r}, str(b), repr(b), f"{b} {b!r} {b!s:>6}", "%s %r" % (b, b), str([b, r]))
print(r, str(r), f"{r}", f"{f} {f:spec} {f!r}", "{:x} {}".format(f, f), format(r, ""))
length = 0
for i in range(600):
    length += len(str(b)) + len(f"{r}{f:{i}}") + len(repr([b, r]))
    if i == 400:
        Both.__str__ = lambda self: "changed"
print(length)


class Bad:
    def __repr__(self):
        return 5

    def __str__(self):
        return None


for action in (lambda: repr(Bad()), lambda: str(Bad()), lambda: f"{Bad()}", lambda: format(r, "5"), lambda: print([Bad()])):
    try:
        action()
    except TypeError as error:
        print(error)


class Meta(type):
    def __repr__(cls):
        return f"<class-object {cls.__name__}>"


class WithMeta(metaclass=Meta):
    pass


print(WithMeta, [WithMeta], int, Both, type(b), type, repr(None), repr(...), NotImplemented)
