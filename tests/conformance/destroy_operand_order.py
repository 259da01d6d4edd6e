"""The order in which the operands of each kind of expression and statement die."""

log = []
class K:
    def __init__(s, x): s.x = x
    def __del__(s): log.append(s.x)
    def op(s, *a): return None
    __lt__ = __le__ = __eq__ = __ne__ = __add__ = __sub__ = __radd__ = __and__ = __matmul__ = __getitem__ = __setitem__ = __delitem__ = __call__ = __contains__ = __iadd__ = __pow__ = __lshift__ = op
    def __hash__(s): return 1
    def __index__(s): return s.x
    def __iter__(s): return iter(())
    def keys(s): return ()
    def __format__(s, f): return ""
    def __repr__(s): return ""
    def __enter__(s): return s
    def __exit__(s, *a): return False
    def m(s, *a, **k): return None
    def __get__(s, o, t): return None
    def __setattr__(s, n, v): object.__setattr__(s, n, v)
def f(*a, **k): return None
def g(a, b, c=None): return None
L = [1, 2, 3, 4]
class S: pass
def add(): K(1) + K(2)
def sub(): K(1) - K(2)
def pow_(): K(1) ** K(2)
def lt(): K(1) < K(2)
def chain(): K(1) < K(2) < K(3)
def eq(): K(1) == K(2)
def in_(): K(1) in K(2)
def is_(): K(1) is K(2)
def getitem(): K(1)[K(2)]
def getitem2(): L[K(2)]
def setitem(): K(1)[K(2)] = K(3)
def setitem2():
    l = [1, 2, 3]; l[K(1)] = K(2); log.append("stored"); del l
def delitem(): del K(1)[K(2)]
def slice1(): K(1)[K(2):K(3)]
def slice2(): K(1)[K(2):K(3):K(4)]
def slice3(): L[K(1):K(2)]
def slice4(): L[K(1):K(2):K(1)]
def setslice(): K(1)[K(2):K(3)] = K(4)
def setslice2():
    l = [1, 2, 3]; l[K(0):K(1)] = K(4)
def setslice3():
    l = [1, 2, 3]; l[K(0):K(1):K(1)] = [K(4)]; log.append("stored")
def delslice(): del K(1)[K(2):K(3)]
def delslice2():
    l = [K(5), K(6), K(7)]; del l[K(0):K(2)]; log.append("deleted")
def text1(): "abcdef"[K(1):K(2)]
def tuple1(): (1, 2, 3)[K(1):K(2)]
def call(): f(K(1), K(2))
def callk(): f(K(1), a=K(2), b=K(3))
def callg(): g(K(1), K(2), K(3))
def calls(): f(*[K(1), K(2)], K(3))
def callss(): f(*(K(1), K(2)), **{"a": K(3), "b": K(4)})
def callm(): K(1).m(K(2), K(3))
def callmk(): K(1).m(K(2), z=K(3))
def callobj(): K(1)(K(2), K(3))
def list_(): [K(1), K(2), K(3)]
def tuple_(): (K(1), K(2), K(3))
def set_(): {K(1), K(2)}
class E(K):
    def __eq__(s, o): return True
    __hash__ = K.__hash__
def set2(): {E(1), E(2), E(3)}; 
def dict_(): {K(1): K(2), K(3): K(4)}
def dict2(): {E(1): K(2), E(3): K(4), E(5): K(6)}
def dict3(): {**{E(1): K(2)}, E(3): K(4), **{E(5): K(6)}}
def fstr(): f"{K(1)} {K(2)!r} {K(3):{K(4)}}"
def percent(): "%r %r" % (K(1), K(2))
def attr(): K(1).x
def setattr_(): K(1).y = K(2)
def setattr2():
    s = S(); s.a = K(1); s.a = K(2); log.append("set"); s.b = K(3); del s.a; log.append("deleted")
def unpack(): a, b = K(1), K(2)
def unpack2():
    a, b = K(1), K(2); a, b = b, a; log.append("swapped")
def unpack3(): a, *b = [K(1), K(2), K(3)]; log.append("got"); b = 1; log.append("b"); a = 1
def aug():
    a = K(1); a += K(2); log.append("added")
def aug2():
    l = [K(1)]; l += [K(2)]; l[0] = None; log.append("gone")
def and_(): K(1) and K(2)
def or_(): K(1) or K(2)
def not_(): not K(1)
def tern(): K(1) if K(2) else K(3)
def with_():
    with K(1) as k: log.append("in")
def for_():
    for i in [K(1), K(2), K(3)]: log.append("i")
def comp(): [0 for k in (K(1), K(2))]
def gen(): list(0 for k in (K(1), K(2)))
def gen2(): sum(1 for k in [K(1), K(2)])
def exc():
    try: raise ValueError(K(1))
    except ValueError as e: log.append("caught")
    log.append("after")
def ret():
    def h(): a = K(1); b = K(2); return K(3)
    h()
def closure():
    a = K(1); b = K(2)
    def h(): return a, b
    h()
def deff():
    def h(a=K(1), b=K(2), *, c=K(3)): pass
def cls():
    class C: a = K(1); b = K(2)
    C.a = None; log.append("a gone"); C.b = None
def match():
    match [K(1), K(2)]:
        case [a, b]: log.append("matched")
def starlist(): [*[K(1), K(2)], K(3), *[K(4)]]
def starset(): {*[E(1), E(2)], E(3)}
def rebind():
    a = K(1); a = K(2); a = K(3)
def delete():
    a = K(1); b = K(2); del a; log.append("del")
def ext():
    l = [K(1), K(2), K(3), K(4)]; del l[::2]; log.append("1"); l.clear(); log.append("2")
def pops():
    l = [K(1), K(2), K(3)]; l.pop(); log.append("p"); l.pop(0); log.append("q")
def dpop():
    d = {1: K(1), 2: K(2), 3: K(3)}; d.popitem(); log.append("p"); d.pop(1); log.append("q"); d.clear(); log.append("c")
def dset():
    d = {E(1): K(2)}; d[E(3)] = K(4); log.append("s"); del d[E(5)]; log.append("d")
def sset():
    s = {E(1)}; s.add(E(2)); log.append("a"); s.discard(E(3)); log.append("d")
def updates():
    d = {E(1): K(2)}; d.update({E(3): K(4)}); log.append("u"); d |= {E(5): K(6)}; log.append("v")
def lists():
    l = [K(1), K(2)]; l[:] = [K(3)]; log.append("s"); l *= 0; log.append("m")
def sort():
    l = [K(2), K(1)]; l.sort(key=lambda k: E(k.x + 10) if 0 else k.x); log.append("s")
def zips(): list(zip([K(1), K(2)], [K(3)]))
def enum(): [1 for i, k in enumerate([K(1), K(2)])]
def maps(): list(map(f, [K(1), K(2)]))
def revs(): [0 for k in reversed([K(1), K(2)])]
def items(): [0 for k, v in {E(1): K(2), K(3): K(4)}.items()]
def glob():
    global G; G = K(1); G = K(2); del G
def many():
    x = [K(1), (K(2), {3: K(3)}), K(4)]
    y = [x, K(5)]
tests = [v for v in list(globals().values()) if type(v) is type(add) and v not in (f, g)]
def run():
    for t in tests:
        log.clear()
        try: t()
        except Exception as e: log.append(type(e).__name__ + str(e)); e = None
        print(t.__name__, *log)
for i in range(3): run()
def hot(t):
    for i in range(30): t()
for t in tests:
    log.clear()
    try: hot(t)
    except Exception as e: log.append(type(e).__name__ + str(e))
    print(t.__name__, len(log), *log[-12:])
