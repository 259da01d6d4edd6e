"""Weak references to garbage, and in it: whose callbacks are called."""

import weakref, gc
gc.disable()
out = []
class C:
    def cb(self, r): out.append("cb")
    def __del__(s): out.append("del")
class N: pass
def log(name): return lambda r: out.append((name, r() is None))
def show(t): gc.collect(); print(t, out); out.clear()
# own callback of garbage is not called; outer is
x = N(); x.x = x; x.wr = weakref.ref(x, log("own")); r = weakref.ref(x, log("out")); del x; show("own/out"); print(r() is None)
# callback holder is in another part of the garbage
a, b = N(), N(); a.o = b; b.o = a; a.w = weakref.ref(b, log("a")); b.w = weakref.ref(a, log("b")); e = weakref.ref(a, log("e")); del a, b; show("cross")
# weakref object outside to plain target hanging off a cycle
t = N(); c = N(); c.c = c; c.t = t; e = weakref.ref(t, log("t")); del t, c; show("hanging"); print(e() is None)
# proxies
x = N(); x.x = x; p = weakref.proxy(x, lambda r: out.append("proxy")); del x; show("proxy")
try: p.x
except ReferenceError as err: print(err)
# finalizer sees weak refs: cleared before finalizers or not
class D:
    def __del__(s): out.append(("del", s.w() is s, s.w2() is None if s.w2 else None))
x = D(); x.x = x; x.w = weakref.ref(x); x.w2 = weakref.ref(x, log("own2")); e = weakref.ref(x, log("e")); e2 = weakref.ref(x); del x; show("finalizer")
print(e() is None, e2() is None)
# resurrection
keep = []
class R:
    def __del__(s): keep.append(s); out.append("R")
x = R(); x.x = x; w = weakref.ref(x); wc = weakref.ref(x, log("wc")); x.wi = weakref.ref(x); del x; show("resurrect")
print(len(keep), w() is None, wc() is None, keep[0].wi() is keep[0])
keep.clear(); gc.collect(); print(out, len(keep)); out.clear()
# WeakValueDictionary-like: callbacks called before anything is cleared
class V: pass
seen = []
v = V(); v.v = v; v.name = "v"
def cb2(r): seen.append((r() is None, len(gc.garbage)))
w = weakref.ref(v, cb2); del v; gc.collect(); print(seen)
# order of callbacks: newest first? several objects
objs = []
x, y = N(), N(); x.y = y; y.x = x
ws = [weakref.ref(o, log(n)) for n, o in (("x1", x), ("y1", y), ("x2", x), ("y2", y))]
del x, y; gc.collect(); print(sorted(map(repr, out))); out.clear()
# callback that raises is reported and others go on
import sys
hooked = []
sys.unraisablehook = lambda a: hooked.append((type(a.exc_value).__name__, str(a.exc_value)))
x = N(); x.x = x
w1 = weakref.ref(x, lambda r: 1/0); w2 = weakref.ref(x, log("w2")); del x; gc.collect(); print(hooked, out); out.clear()
# callback creating garbage / collecting
def again(r): out.append(gc.collect())
x = N(); x.x = x; w = weakref.ref(x, again); del x; gc.collect(); print(out); out.clear()
# bound method callbacks inside garbage
c, d = C(), C(); c.o = d; d.o = c; cbk = c.cb; c.wr = weakref.ref(d, cbk); d.wr = weakref.ref(cbk, d.cb); ext = weakref.ref(cbk, log("safe")); del cbk, c, d; show("methods")
# class in garbage
class M(type): pass
K = M("K", (), {}); i = K(); K.i = i; w = weakref.ref(K, log("K")); wi = weakref.ref(i); del K, i; show("class"); print(w() is None, wi() is None)
# function in garbage
def mk():
    def f(): return f
    return f
f = mk(); w = weakref.ref(f, log("f")); del f; show("function"); print(w() is None)
# generator in garbage
def g():
    me = yield
    yield me
it = g(); next(it); it.send(it); w = weakref.ref(it, log("gen")); del it; show("generator"); print(w() is None)
# weakref subclass with attribute in garbage
class S(weakref.ref): pass
x = N(); x.x = x; s = S(x, log("S")); s.a = 5; del x; show("subclass"); print(s() is None, s.a)
x = N(); x.s = S(x, log("inner")); x.s.x = x; w = weakref.ref(x.s, log("ws")); del x; show("subclass inner"); print(w() is None)
# a weakref whose callback is garbage but itself is reachable
x = N(); holder = N(); holder.h = holder; y = N(); y.y = y
w = weakref.ref(y, log("ok")); del y; show("simple"); 
# set of weakrefs
S2 = {weakref.ref(o) for o in [N() for _ in range(3)]}; gc.collect(); print([r() for r in S2])
n = 0
def count(r):
    global n; n += 1
keepw = []
for i in range(50):
    x = N(); x.x = x; keepw.append(weakref.ref(x, count)); del x
gc.collect(); print(n, all(r() is None for r in keepw))
