# What hides an attribute comes and goes: in the class, in its bases, in its metaclass, and in what descriptors are.
def watch(read, change, n=8, when=3):
    out = []
    for i in range(n):
        if i == when: change()
        try: out.append(read())
        except AttributeError as e: out.append("none")
    return out
def fresh(**names):
    class A: pass
    class B(A): pass
    for name, value in names.items(): setattr(B, name, value)
    b = B()
    b.__dict__["x"] = 5
    return A, B, b
def deleted():
    A, B, b = fresh(x=1000)
    A.x = property(lambda s: 7)
    return watch(lambda: b.x, lambda: delattr(B, "x"))
print(deleted())
def replaced():
    A, B, b = fresh(x=property(lambda s: 7))
    return watch(lambda: b.x, lambda: setattr(B, "x", 1))
print(replaced())
def in_base():
    A, B, b = fresh()
    return watch(lambda: b.x, lambda: setattr(A, "x", property(lambda s: 7))), watch(lambda: b.x, lambda: delattr(A, "x"))
print(in_base())
def diamond():
    class A: x = property(lambda s: "A")
    class B: x = 1
    class C(B, A): pass
    c = C()
    c.__dict__["x"] = 5
    return watch(lambda: c.x, lambda: delattr(B, "x"))
print(diamond())
def bases():
    class P: x = property(lambda s: "P")
    class Q: pass
    class R(Q): pass
    r = R()
    r.x = 5
    def change(): R.__bases__ = (P,)
    return watch(lambda: r.x, change)
print(bases())
def becomes_data():
    class D:
        def __get__(self, obj, kind): return "D"
    class A: x = D()
    a = A()
    a.__dict__["x"] = 5
    first = watch(lambda: a.x, lambda: setattr(D, "__set__", lambda s, o, v: None))
    return first, watch(lambda: a.x, lambda: delattr(D, "__set__"))
print(becomes_data())
def becomes_descriptor():
    class D: pass
    class A: x = D()
    a = A()
    kinds = []
    def read(): return type(a.x).__name__, type(A.x).__name__
    return watch(read, lambda: setattr(D, "__get__", lambda s, o, k: 3))
print(becomes_descriptor())
def class_of_descriptor():
    class D: pass
    class E:
        def __get__(self, obj, kind): return "E"
        def __set__(self, obj, value): pass
    class A: x = D()
    a = A()
    a.__dict__["x"] = 5
    d = A.x
    return watch(lambda: a.x, lambda: setattr(d, "__class__", E))
print(class_of_descriptor())
def metaclass():
    class M(type): pass
    class C(metaclass=M): x = 1
    class S(C): pass
    first = watch(lambda: (C.x, S.x), lambda: setattr(M, "x", property(lambda c: 7)))
    return first, watch(lambda: (C.x, S.x), lambda: delattr(M, "x"))
print(metaclass())
def metaclass_method():
    class M(type): pass
    class C(metaclass=M):
        @staticmethod
        def f(): return "C"
    return watch(lambda: C.f(), lambda: setattr(M, "f", property(lambda c: lambda: "M")))
print(metaclass_method())
def metaclass_changed():
    class M(type): x = property(lambda c: "M")
    class C(metaclass=type): x = 1
    class N(type): pass
    class D(metaclass=N): x = 1
    return watch(lambda: D.x, lambda: setattr(D, "__class__", M))
print(metaclass_changed())
def slots():
    class A: __slots__ = ("x", "y")
    a = A()
    a.x, a.y = 1, 2
    member = A.x
    first = watch(lambda: a.x, lambda: setattr(A, "x", 9))
    A.x = member
    second = watch(lambda: a.x, lambda: delattr(A, "x"))
    A.z = member
    third = watch(lambda: a.z, lambda: setattr(A, "z", "plain"))
    return first, second, third, a.y
print(slots())
def slots_below():
    class A: __slots__ = ("x",)
    class B: __slots__ = ()
    class C(B, A): __slots__ = ()
    c = C()
    c.x = 1
    return watch(lambda: c.x, lambda: setattr(B, "x", 3)), watch(lambda: c.x, lambda: delattr(B, "x"))
print(slots_below())
def stores():
    log = []
    class A: pass
    class B(A): x = None
    b = B()
    def store():
        b.x = len(log)
        return b.__dict__.get("x")
    first = watch(store, lambda: setattr(B, "x", property(lambda s: 7, lambda s, v: log.append("set"))))
    second = watch(store, lambda: delattr(B, "x"))
    return first, second, log
print(stores())
def adding():
    class A: pass
    out = []
    log = []
    for i in range(9):
        a = A()
        if i == 4: A.x = property(lambda s: 7, lambda s, v: log.append(v))
        if i == 7: del A.x
        a.x = i
        out.append(a.__dict__.get("x"))
    return out, log
print(adding())
def methods():
    class A:
        def m(s): return "A"
    class B(A):
        def m(s): return "B"
    b = B()
    return watch(lambda: b.m(), lambda: delattr(B, "m")), watch(lambda: b.m(), lambda: b.__dict__.update(m=lambda: "own"))
print(methods())
def getattribute():
    class A: pass
    a = A()
    a.x = 5
    first = watch(lambda: a.x, lambda: setattr(A, "__getattribute__", lambda s, n: "all"))
    return first, watch(lambda: a.x, lambda: delattr(A, "__getattribute__"))
print(getattribute())
def instances():
    class A: x = "A"
    class B: x = property(lambda s: "B")
    a = A()
    a.y = 1
    return watch(lambda: (a.x, a.y), lambda: setattr(a, "__class__", B))
print(instances())
def calls():
    class A:
        def __init__(self): self.v = "init"
    def read(): return A().v
    def new_init(self): self.v = "new"
    first = watch(read, lambda: setattr(A, "__init__", new_init))
    class M(type):
        def __call__(cls): return type("X", (), {"v": "meta"})
    A2 = type.__new__(type("N", (type,), {}), "A2", (), {"__init__": new_init})
    return first, watch(lambda: A2().v, lambda: setattr(A2, "__class__", M))
print(calls())
