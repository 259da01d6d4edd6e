# The SyntaxWarnings of the compiler, in the order of its passes.
def f(x, y):
    y = x is (y, 1)
    y = x is (-1, 2)
    y = x is [1]
    y = x is 1 + 1
    y = x is not None is 5
    y = x is b"" 
    y = x is 1j
    y = True is 1
    assert ()
    assert (x,), 1
    assert (1, 2)
    (1, x)()
    (1, 2)()
    [1]()
    {}()
    {1}()
    [a for a in x]()
    (a for a in x)()
    {a: 1 for a in x}()
    {a for a in x}()
    f"{x}"()
    f"a"()
    None()
    ...()
    True()
    (-1)()
    (lambda: 1)()
    None[1]
    True[1]
    1.5[1]
    {1}[1]
    {a for a in x}[1]
    (a for a in x)[1]
    (lambda: 1)[1]
    "abc"["a"]
    "abc"[1.5]
    "abc"[None]
    "abc"[True]
    "abc"[1:2]
    "abc"[x]
    "abc"[1, 2]
    "abc"[x, 2]
    [1]["a"]
    [1][()]
    [a for a in x]["b"]
    (1, 2)["a"]
    (1, x)[f"a"]
    f"{x}"["a"]
    b"a"["b"]
    "abc"[[1]]
    "abc"[{}]
    "abc"[lambda: 1]
    "abc"[(a for a in x)]
    "abc"[-1]
    [1]["a"] = 1
    del [1]["a"]
    5[1]
    {}["a"]
    1[x]
def g(x):
    if 0:
        return x is 5
    y = [x is 1 for _ in "a"]
    assert x is "a", (1)()
    return x is 5, 'a'[x is ()], -1 is x, x is (1, 2), x is f"a", x is ... , 5 < x is 5 < 6, "a\zb\
\y", '\w' '\w'
class D:
    def __init__(self): pass
    x: (1 is x)
    try: pass
    finally:
        for i in 1,: break
        def g(): return 1
        while 1:
            try: pass
            finally:
                break
lambda: 1 is 1
def not_called(x):
    f"{1 is 1}\d{2!r:>5}\w"
    rb"\d"; r"\d"
    b"\777" b"\N"; "\400" "\37\777"
    """a
    b
    \c"""
    "\x41\u0041\N{BULLET}\U00000041\"\'\a\b\f\n\r\t\v\0\
"
    "\é"


def h(a):
    try:
        pass
    finally:
        with a:
            return 1
        try:
            continue_after = 1
        except ValueError:
            return 2
        else:
            def inner():
                return 3
    for item in a:
        try:
            pass
        finally:
            if item:
                continue
            while item:
                break
            else:
                break


exec("5 is a if 0 else 1", {"a": 5})
eval("(1 is 1)")
compile("x = '\\q'", "a name", "exec")
print("done")
