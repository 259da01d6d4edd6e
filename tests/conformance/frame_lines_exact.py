import sys
def line(depth=2):
    try: return sys._getframe(depth).f_lineno - base
    except ValueError: return "end"
base = sys._getframe().f_code.co_firstlineno
class K:
    def __init__(s, v): s.v = v
    def __hash__(s): log.append(("hash", line())); return 1
    def __eq__(s, o): log.append(("eq", line())); return s is o
    def __lt__(s, o): log.append(("lt", line())); return s
    def __gt__(s, o): log.append(("gt", line())); return True
    def __add__(s, o): log.append(("add", line())); return s
    def __iadd__(s, o): log.append(("iadd", line())); return s
    def __radd__(s, o): log.append(("radd", line())); return s
    def __bool__(s): log.append(("bool", line())); return True
    def __contains__(s, o): log.append(("contains", line())); return True
    def __getitem__(s, k): log.append(("getitem", line())); return k
    def __setitem__(s, k, v): log.append(("setitem", line()))
    def __delitem__(s, k): log.append(("delitem", line()))
    def __iter__(s): log.append(("iter", line())); return s
    def __next__(s): log.append(("next", line())); raise StopIteration
    def __len__(s): log.append(("len", line())); return 1
    def __neg__(s): log.append(("neg", line())); return s
    def __pos__(s): log.append(("pos", line())); return s
    def __invert__(s): log.append(("invert", line())); return s
    def __call__(s, *a, **k): log.append(("call", line())); return s
    def __getattr__(s, n): log.append(("getattr", line())); return n
    def __setattr__(s, n, v): log.append(("setattr", line())); object.__setattr__(s, n, v)
    def __delattr__(s, n): log.append(("delattr", line()))
    def __format__(s, f): log.append(("format", line())); return "f"
    def __str__(s): log.append(("str", line())); return "s"
    def __repr__(s): log.append(("repr", line())); return "r"
    def __enter__(s): log.append(("enter", line())); return s
    def __exit__(s, *a): log.append(("exit", line())); return True
    def __del__(s): log.append(("del", line()))
    def __instancecheck__(s, o): log.append(("instancecheck", line())); return True
    def __index__(s): log.append(("index", line())); return 1
    def keys(s): log.append(("keys", line())); return ["z"]
    def __set_name__(s, o, n): log.append(("set_name", line()))
    def __get__(s, o, t): log.append(("get", line())); return 5
    def __set__(s, o, v): log.append(("set", line()))
    def __pow__(s, o): log.append(("pow", line())); return s
    def __matmul__(s, o): log.append(("matmul", line())); return s
    def __le__(s, o): log.append(("le", line())); return s
class G:
    def __init__(s): log.append(("init", line()))
    def __del__(s): log.append(("del", line()))
def body(k, d, l):
    d[k] = 1
    k in d
    d[k]
    k += 1
    k + 1
    (k
     + 2)
    1 + k
    k < 1
    x = k > 1
    y = k <= 1
    if k < 1: x = 1
    if k == 1:
        pass
    if k: x = 2
    while k:
        break
    not k
    x = k and 1
    k in l
    1 in k
    if 1 in k: pass
    k[1]
    k[1:2]
    k[1] = 2
    k[1:2] = 3
    k[2] += 1
    del k[1]
    for z in k: pass
    x = [z for z in k]
    len(k)
    -k
    +k
    ~k
    k(1)
    k(a=1)
    k(*[1])
    k.foo
    k.bar = 1
    k.v += 1
    del k.zz
    f"{k}"
    f"{k!r:>3}"
    f"{k!s}"
    with k:
        1 / 0
    isinstance(1, k) if 0 else None
    l[k]
    l[k:]
    l[k] = 5
    {k: 1}
    {k}
    set([k])
    {**k} if 0 else None
    (lambda **z: z)(**k)
    max(k, k)
    sorted([k, k])
    k ** 2
    k @ 2
    d.get(k)
    d.pop(k, None)
    g = G()
    g = None
    g = G()
    del g
    g = [G()]
    g[0] = 1
    g = G(); d["x"] = g; g = 1
    d["x"] = 2
    d["x"] = G()
    del d["x"]
    class C: q = K(0)
    C().q
    C().q = 1
    C.q = None; C = None
    for g in [G(), G()]:
        pass
    for g, h in zip([G()], [G()]): pass
    g, h = 1, 2
    print_(G())
    G()
    G() is None
    if G() is None: pass
    [G()] and 1
    return local(k)
def print_(x):
    x = 1
def local(k):
    a = G()
    b = 1
    return b
def gen(k):
    a = G()
    yield k + 1
    k[1] = 2
    yield 3
def run(n):
    global log
    seen = {}
    for i in range(n):
        log = []
        k = K(0)
        body(k, {}, [0, 1, 2])
        for v in gen(k):
            v = G()
        t = tuple(log)
        seen[t] = seen.get(t, 0) + 1
    log = []
    return seen
log = []
for t, c in run(40).items():
    print(c)
    for row in t: print(*row)
