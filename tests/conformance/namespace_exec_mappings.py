import sys
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
# code of compile() in namespaces
c = compile("x = 1\ny = len([x])\ndef f(): return 5\nz = f()", "c", "exec")
g = {}; l = {}
exec(c, g, l); print(sorted(l), sorted(k for k in g if k != "__builtins__"))
g2 = {}; exec(c, g2); print(sorted(k for k in g2 if k != "__builtins__"))
exec(c, g, l); exec(c, g)
print(sorted(l), sorted(k for k in g if k != "__builtins__"))
c2 = compile("global a\na = 1\nb = a + 1\ndel b\nb = 3", "c", "exec")
g = {}; l = {}; exec(c2, g, l); print(l, {k: v for k, v in g.items() if k != "__builtins__"})
g = {}; l = {}; exec("global a\na = 1\nb = a + 1\ndel b\nb = 3", g, l); print(l, {k: v for k, v in g.items() if k != "__builtins__"})
def loc():
    q = 5
    e = compile("q + 1", "e", "eval")
    return [eval(e) for _ in range(1)], eval(e), eval(e, {"q": 10}), eval(e, {}, {"q": 20})
show(loc)
class Map:
    def __init__(s): s.log = []; s.d = {}
    def __getitem__(s, k): s.log.append(("get", k)); return s.d[k]
    def __setitem__(s, k, v): s.log.append(("set", k)); s.d[k] = v
    def __delitem__(s, k): s.log.append(("del", k)); del s.d[k]
m = Map(); exec(compile("x = 1\nx += 1\ndel x\ntry: x\nexcept NameError as e: print(e)\nprint(max(1, 2))", "m", "exec"), {}, m); print(m.log)
m = Map()
show(lambda: exec("del nope", {}, m)); print(m.log)
class D(dict):
    def __missing__(s, k): return "missing " + k
    def __setitem__(s, k, v): dict.__setitem__(s, k, ("set", v))
    def __delitem__(s, k): print("del", k); dict.__delitem__(s, k)
d = D(); exec("a = b\nb = 1\ndel b", {}, d); print(dict(d))
d = D(); exec("a = b\nglobal c\nc = 1\ndef f(): return a, zz, c, len([1])\n", d); d.pop("__builtins__"); d.pop("f"); print(dict(d))
d = D(); show(lambda: exec("def f():\n global q\n del q\nf()", d))
show(lambda: eval("x", D()))
class G(dict):
    def __getitem__(s, k):
        if k == "boom": raise ValueError(k)
        if k == "key": raise KeyError(k)
        return "got " + k
show(lambda: eval("lambda: x", G())())
show(lambda: eval("(lambda: boom, 1)[1]", G()))
show(lambda: eval("(lambda: boom)()", G()))
show(lambda: eval("(lambda: key)()", G()))
show(lambda: eval("y", {}, G()))
show(lambda: eval("key", {}, G()))
show(lambda: eval("[key for _ in [1]]", {"key": 7}, G()))
show(lambda: eval("[a for a in [1]] + [b]", {"b": 7}, {"b": 8}))
show(lambda: exec("class C:\n x = y\n def m(s): return y\nprint(C.x, C().m())", D(y=3)))
# builtins
class B(dict):
    def __missing__(s, k): return "builtin " + k
show(lambda: eval("foo", {"__builtins__": B()}))
show(lambda: eval("(lambda: foo)()", {"__builtins__": B()}))
show(lambda: eval("len", {"__builtins__": {}}))
show(lambda: eval("(lambda: len)()", {"__builtins__": {"len": 3}}))
# errors
for f in (exec, eval):
    show(lambda: f())
    show(lambda: f("1", 5))
    show(lambda: f("1", [1]))
    show(lambda: f("1", {}, 5))
    show(lambda: f("1", globals={}, locals=3))
    show(lambda: f("1", {}, {}, {}))
    show(lambda: f(5))
    show(lambda: f(None))
    show(lambda: f("1", Map()))
    show(lambda: f("1", {}, closure=None))
    show(lambda: f("1", {}, closure=()))
    show(lambda: f(source="1"))
    show(lambda: f("1", nope=3))
def mk(a, b): return lambda: (a, b)
k = mk(1, 2)
for clo in (None, (), k.__closure__[:1], list(k.__closure__), k.__closure__, (1, 2), k.__closure__ * 2):
    show(lambda: exec(k.__code__, {}, {}, closure=clo))
    show(lambda: exec(k.__code__, closure=clo))
    show(lambda: exec("1", closure=clo))
    show(lambda: exec(c, {}, closure=clo))
show(lambda: eval(k.__code__))
def plain(): return 42
def args(a): return a
def gen(): yield 1
show(lambda: eval(plain.__code__)); show(lambda: exec(plain.__code__)); show(lambda: eval(args.__code__))
show(lambda: next(eval(gen.__code__)))
def cl():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
i = cl(); i(); exec(i.__code__, closure=i.__closure__); print(i())
class KB: 
    x = 1
    exec("y = x + 1"); exec(compile("z = y + 1", "", "exec")); print(eval("z"), eval(compile("z", "", "eval")), sorted(k for k in locals() if k[0] != "_"))
print(KB.y, KB.z)
def nolocals():
    exec("w = 1"); exec(compile("w = 1", "", "exec"))
    return "w" in locals()
print(nolocals())
exec("print(sorted(locals()), dir())", {}, {"b": 1, "a": 2})
exec("print(locals() is globals())", {}); exec("print(locals() is globals())", {}, {})
