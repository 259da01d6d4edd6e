# Syntax trees of all kinds of syntax, with the places of all nodes.
import ast

STATEMENTS = '''
def f(a, b: int = 1, /, c=2, *args: str, d, e: int = 3, **kwargs: dict) -> None:
    """doc"""
    return a, *b
async def g(): return [x async for x in y if z if w]
@decorator
@other(1)
def h(*, a): pass
@first
class C(Base, metaclass=Meta, **options):
    x: int = 1
    (y): int
    z.w: "text"
class D: pass
def generic[T: int, *Ts = *tuple[int], **P = [int]](x: T) -> P: ...
class Generic[T = int](Base): ...
type Alias[T] = list[T]
del a, (b, c), d[0], e.f
a = b, c = d = 1
a += 1; b -= 1; c **= 2; d //= 3; e @= f; g >>= 1; h <<= 2; i &= 3; j |= 4; k ^= 5; l %= 6; m *= 7; n /= 8
for x, *y in z: break
else: continue
async def loops():
    async for x in y: pass
    async with a as b, c: await d
while a: pass
else: pass
if a: pass
elif b:
    pass
elif c: pass
else:
    pass
with a, b as c, (d): pass
with (a as b, c as (d, e),): pass
raise
raise a from b
try: pass
except A: pass
except (B, C) as e: pass
except: pass
else: pass
finally: pass
try: pass
except* A as e: pass
try: pass
except A, B: pass
assert a, b
import a.b.c as d, e
from . import a
from ..a.b import (c as d, e)
from a import *
def names():
    global a, b
    def inner(): nonlocal c
match a, *b:
    case 1 | -2 | 3 + 4j | "a" "b" | None | True: pass
    case [a, _, *rest] if b: pass
    case (a, *_): pass
    case {"x": 1, y.z: [b], **rest}: pass
    case {}: pass
    case A.B(1, c, x=2, y=(z)): pass
    case (A() as d): pass
    case a, b: pass
    case _: pass
def semicolons():
    try: a;
    except A: b ;
    else: c; d;
if a: b;
elif c: d;
'''

EXPRESSIONS = [
    "a and b and c or not d", "a < b <= c == d != e > f >= g is h is not i in j not in k",
    "a + b - c * d / e // f % g ** h @ i << j >> k & l | m ^ n", "-a + +b - ~c", "a if b else c",
    "lambda: 1", "lambda a, /, b=1, *c, d, e=2, **f: a", "{1: 2, **a, 'b': c}", "{}", "{1, *a}", "[1, *a, 2]", "[]",
    "()", "(1,)", "1, *a", "[x for x in y for z in x if w]", "{x for x in y}", "{x: y for x, y in z}",
    "(x for x in y)", "f(x for x in y)", "f( x for x in y )", "f((x for x in y))", "f(a, *b, c=1, **d)", "f(a)(b).c[d]",
    "a[1:2, ::3, ...]", "a[:]", "a[b:=1]", "a[*b]", "a[*b, c]", "(a := 1)", "await a", "(yield)", "(yield a)",
    "(yield from a)", "1_000, 0x1F, 0o17, 0b101, 1.5e3, 2j, 99999999999999999999999999", "None, True, False, ...",
    "'a' \"b\" '''c'''", "u'a'", "U'a'", "u'a' 'b'", "'a' u'b'", "b'a' b'\\xff'", r"r'\n' '\n'", "'\\ud800\\N{DASH}'",
    "((a))", "(\n a\n)", "é.ü + 'é' + ö", "a.b. c", "print (a)",
]

STRINGS = [
    'f""', 'f"a{b}c"', 'f"{a!r:>{b}}" "c" f"{d}"', 'f"{a=}"', 'f"{ a = !s}"', 'f"{a=:5}x"', 'f"{{a}}{{{b}}}"', '"" f"{a}" ""',
    'f"{a:}"', 'f"{a:%H:{b}:%M}"', 'f"{a:b{c!a:d}e}"', "f'{a[\"b\"]}'", 'f"{(a, b)}{c,}"', 'f"é{a}é{b}"', 'rf"\\{a}\\n"',
    'f"""a\n{b\n}c\n"""', '(f"a"\n "b"\n f"{c}")', 'f"{lambda x: 1}"', 'f"{(lambda: 1)}"', 'u"a" f"{b}"', 'f"\\ud800{a}"',
    'f"{f"{a}"}"', 't""', 't"a{ b }c"', 't"{a=}"', 't"{a = !r:>{b}}"', 't"a" t"{b}" t"c"', 't"{a!s}{b:x}"',
]


def show(source, mode="exec"):
    try:
        tree = ast.parse(source, mode=mode)
    except SyntaxError as error:
        print(type(error).__name__, error.msg)
        return
    text = ast.dump(tree, include_attributes=True)
    for long, short in (("end_lineno", "el"), ("lineno", "l"), ("end_col_offset", "ec"), ("col_offset", "c")):
        text = text.replace(long + "=", short + "=")
    print(text)
    back = ast.unparse(tree)
    again = ast.parse(back, mode=mode)
    print(ast.dump(again) == ast.dump(tree), repr(back))


print("statements")
show(STATEMENTS)
print("expressions")
for source in EXPRESSIONS:
    show(source, "eval")
print("strings")
for source in STRINGS:
    show(source, "eval")
print("other modes")
show("a = 1; b", "single")
show("if a: b\n", "single")
for source in ("(int, *str, **Any) -> list[int]", "() -> None", "(a,\n b) -> c", "a -> b", "(a)"):
    try:
        print(ast.dump(ast.parse(source, mode="func_type"), include_attributes=True))
    except SyntaxError as error:
        print(error.msg)

print("source segments")
source = "def f():\n    x = 'é' + g(\n        1)\n"
for node in ast.walk(ast.parse(source)):
    print(type(node).__name__, repr(ast.get_source_segment(source, node)))

print("type comments")
source = '''
a = 1 # type: int
for b in c:  # type: str
    with d as e:  # type: ignore[attr]
        pass  # a comment
# type: ignore
def f(a,  # type: int
      *b):
    # type: (...) -> None
    pass
'''
print(ast.dump(ast.parse(source, type_comments=True)))
print(ast.dump(ast.parse(source)) == ast.dump(ast.parse(source, type_comments=False)))
for source in ("(a := 1)", "match a:\n case b: pass", "async def f(): await a", "1_000", "a @ b", "type A = int"):
    try:
        ast.parse(source, feature_version=(3, 4))
    except SyntaxError as error:
        print(error.msg)

print("one object for a context")
tree = ast.parse("a + b; c + d")
print(tree.body[0].value.op is tree.body[1].value.op, tree.body[0].value.left.ctx is tree.body[1].value.right.ctx)
print(tree.body[0].__dict__.keys(), tree.body[0].value.__dict__.keys())

print("optimized")
for source in ("__debug__", "'%s and %-5r' % (a, b)", "'%d' % (a,)", "1 + 2", "x: __debug__"):
    for level in (0, 1):
        print(ast.dump(ast.parse(source, optimize=level)))
source = "'doc'\ndef f():\n 'doc'\nclass C:\n 'doc'\n x = 1\nmatch a:\n case -1 | 1+2j | {-3: _}: pass"
print(ast.dump(ast.parse(source, optimize=2), include_attributes=True))
print(ast.dump(ast.parse("from __future__ import annotations\nx: __debug__\ndef f(a: __debug__) -> __debug__: 1", optimize=1)))

print("errors")
for source in ("from __future__ import braces", "from __future__ import nothing", "1 +", "f() = 1"):
    try:
        ast.parse(source, "name")
    except SyntaxError as error:
        print(error)
for source in ("return", "x: int; global x", "from __future__ import annotations\n*a", "await b"):
    print(ast.dump(ast.parse(source)))

print("literals")
for source in ("[1, -2, {'a': (3.5, None)}, {b'x'}, set(), 1+2j]", "a", "1 + 1", "f()"):
    try:
        print(ast.literal_eval(source))
    except ValueError as error:
        print(str(error).split(" at 0x")[0])
# modes: native
