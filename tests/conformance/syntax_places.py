"""What a source that does not parse is said to be, and which part of it is meant."""


def show(source):
    try:
        compile(source, "<s>", "exec")
        print(ascii(source), "ok")
    except SyntaxError as e:
        print(ascii(source), "|", type(e).__name__, e.msg, "|", e.lineno, e.offset, e.end_lineno, e.end_offset)


for source in [
    "print foo", "print {1: (foo.)}", "exec {1: 2}", "if 1:\n    print foo.bar", "1 + not 2", "- not 2 + 3", "f(a b)", "f(a, b 'x' + 1)",
    "[x for x if y]", "[x for x, y if z]", "[a = 1]", "{1 = 2}", "{'a' = 2, 'b': 3}", "f(a.b=1)", "f(True=1)",
    "f(*a=[0])", "f(**a={})", "f(a or b=1)", "a, b += 1", "if a = 3: pass", "while x.y = 3: pass", "(x, y, z=3, w)",
    "def f((a, b)): pass", "lambda (a, b): 1", "def f(*): pass", "def f(*None): pass", "def f(*, await=1): pass",
    "def f(/): pass", "def f(/, a): pass", "def f(*, /, a): pass", "def f(*a, *b): pass", "def f(a: *b): pass",
    "class A[]: pass", "def f[](): pass", "class A[*T: int]: pass", "class A[**P: (int, str)]: pass", "class A(x for x in y): pass",
    "import", "from a import", "import a as b.c", "from a import b as c[0]", "import a as (b, c)", "import a from b",
    "try: pass\nexcept E as a.b: pass", "match x:\n case 1 as a.b: pass", "try: pass\nexcept A: pass\nexcept* B: pass",
    "try: pass\nexcept* A: pass\nexcept B: pass", "x = 1 if 2 else del y", "x = 1 if 2 else import y", "raise A, B", "del __debug__",
    "if a:\n    pass\nelse:\n    pass\nelif b:\n    pass", "def f():\n    global x\n    x: int = 3", "def f():\n    nonlocal x\n    x: int",
    "f(**a, *b)", "f(yield 1)", "x = 32e-+4", "1_", "match x:\n case A(b=c, d,", "if 1:\n    f(2\n\nif 3:\n    pass",
    "'a 'b c' d'", "{1:*a}", "A[:*b]", "class C:\n    x = [await y for y in z]", "lambda: [await x for x in y]",
    "def f():\n    (x for x in [await y for y in z])", "[[x async for x in y] for y in z]", "type T = [await x for x in y]",
    "(x): (yield)", "(x): (y := 3)", "x.y: (await 3)", "def f():\n    (x): [y async for y in x]",
    "from __future__ import barry_as_FLUFL\n1 <> 2", "from __future__ import barry_as_FLUFL\n1 != 2", "1 <> 2",
    "match x:\n case f'': pass", "match x:\n case {0: _, False: _}: pass", "match x:\n case {1: _, 1.0: _}: pass",
    "for i < (): pass", "for (a == b) in c: pass", "[x for a < b in c]", "def f(None=1): pass",
    "try: pass\nexcept A, B as c: pass", "x = 1 if 2 else del y",
    "match x:\n case {0: _, -0j: _}: pass", "match x:\n case -0j ** 0: pass", "match x:\n case A(__debug__=1): pass",
]:
    show(source)

# From where on another keyword may be tried.
for source in ["fur a in b: pass", "for a in b:\n    pass\nelso:\n    pass"]:
    try:
        compile(source, "<s>", "exec")
    except SyntaxError as e:
        print(e._metadata[:2], e._metadata[2].startswith(source))

# The future that brings `<>` is an import, not a text.
for source in ["'from __future__ import barry_as_FLUFL'\n1 != 2", "from __future__ import annotations, barry_as_FLUFL\n1 <> 2"]:
    show(source)
