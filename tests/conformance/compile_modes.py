# compile, exec and eval: modes, flags, optimization, encodings, future annotations; code objects that are compared and changed.
import sys


def attempt(*arguments, **keywords):
    try:
        return compile(*arguments, **keywords)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
    except SyntaxError as error:
        print(type(error).__name__, error.msg, error.lineno, error.offset)


# One statement at a prompt.
shown = []
sys.displayhook = shown.append
for source in ("1 + 1", "a = 5", "a; 'text'; None", "for i in range(3): i\n", "if 1:\n a * 2\n", "def f(): 3\n", "f()", "a = 1\n\n# end\n"):
    namespace = {"a": 7, "f": lambda: 9}
    exec(compile(source, "<s>", "single"), namespace)
print(shown)
sys.displayhook = sys.__displayhook__
exec(compile("'displayed'", "<s>", "single"))
exec(compile("x = 3\nx", "<s>", "exec"), {})
try:
    compile("a = 1\nb = 2", "<s>", "single")
except SyntaxError as error:
    print(error.msg)

# Arguments.
attempt("1", "", "exec", flags=1 << 30)
attempt("1", "", "exec", optimize=5)
attempt("1", "", "other")
attempt(3, "", "exec")
attempt("1", 3, "exec")
attempt()
attempt("1")
attempt("\0", "f", "exec")
attempt(b"\0", "f", "exec")
attempt("a b", "f", mode="eval")
for function in (eval, exec):
    try:
        function(3)
    except TypeError as error:
        print(error)
print(eval(b" 1+1"), eval(bytearray(b"2")), eval("\t 4"))

# Encodings.
print(attempt(b"# coding: latin-1\nx = '\xe9'", "f", "exec").co_consts[:1])
print(attempt(b"\xef\xbb\xbfx = '\xc3\xa9'", "f", "exec").co_consts[:1])
attempt(b"x = '\xff'", "f", "exec")
attempt(b"\xef\xbb\xbf# coding: latin-1\n", "f", "exec")

# Optimization.
source = '''
"module"
def f():
    "function"
    assert 0, "failed"
    return __debug__
class C:
    "class"
'''
for optimize in (-1, 0, 1, 2):
    namespace = {}
    exec(compile(source, "f", "exec", optimize=optimize), namespace)
    try:
        result = namespace["f"]()
    except AssertionError as error:
        result = error
    print(optimize, result, namespace.get("__doc__"), namespace["f"].__doc__, namespace["C"].__doc__)

# Future features.
source = '''
from __future__ import annotations
import sys
x: list[int] | None = 3
y: undefined.name["text", 1:2, ...]
if 1:
    z: (lambda a, /, b=1, *c, d, **e: a) = 1
def f(a: int, b: 'str' = 1, /, *c: -x ** 2, d: (1, 2), e: (a if b else c) = 2, **f: {1: 2, **g}) -> not a or b and c:
    local: nowhere = 1
    return local
class C:
    attribute: f"{a!r:>{b}}text"
    __private: [i for i in x if y if z]
    plain = 1
    def method(self, a: b[*c], d: e(f, *g, h=1, **i), j: a.b.c): pass
    async def other(self, n: o()) -> (p, ): pass
g: 1.5e300 + 2j + 0x10 + b'\\\\n"' + "it's" == ... != True is not None
'''
namespace = {}
exec(source, namespace)
print(namespace["__annotations__"])
print(namespace["f"].__annotations__)
print(namespace["C"].__annotations__, namespace["C"].method.__annotations__, namespace["C"].other.__annotations__)
print(hex(namespace["f"].__code__.co_flags & 0x1000000), namespace["f"].__annotate__.__qualname__)
plain = "def g(a: b): pass\n"
exec(compile(plain, "f", "exec", flags=0x1000000), namespace)
print(namespace["g"].__annotations__)
exec("def h(a: int): pass", namespace)
print(namespace["h"].__annotations__)
inherits = '''
from __future__ import annotations
exec("def i(a: undefined): pass")
print(i.__annotations__)
print(compile("x: y", "f", "exec").co_flags & 0x1000000, compile("x: y", "f", "exec", dont_inherit=True).co_flags & 0x1000000)
'''
exec(inherits, {})

# await outside of functions.
code = compile("await thing", "f", "eval", 0x2000)
print(code.co_flags & 0x80)


class Thing:
    def __await__(self):
        yield "waited"
        return "done"


coroutine = eval(code, {"thing": Thing()})
print(type(coroutine).__name__, coroutine.send(None))
try:
    coroutine.send(None)
except StopIteration as stop:
    print(stop.value)


# Code objects.
def one():
    return 1


def same(n):
    def inner():
        return n + 1.5
    return inner


def star(*args: *tuple[int]):
    pass


print(star.__annotations__)
print(same(1).__code__ == same(2).__code__, one.__code__ == same.__code__, one.__code__ == one.__code__.replace())
print(hash(one.__code__) == hash(one.__code__.replace()), one.__code__ != one.__code__.replace(co_name="two"))
changed = one.__code__.replace(co_name="two", co_qualname="q.two", co_filename="file", co_firstlineno=99)
print(changed.co_name, changed.co_qualname, changed.co_filename, changed.co_firstlineno)


def text():
    return "one text"


constants = tuple("two texts" if constant == "one text" else constant for constant in text.__code__.co_consts)
text.__code__ = text.__code__.replace(co_consts=constants)
print(text())


def generator():
    got = yield "item"
    return got


generator.__code__ = generator.__code__.replace(co_flags=generator.__code__.co_flags | 0x100)


async def awaits():
    return await generator()


coroutine = awaits()
print(coroutine.send(None), generator.__code__.co_flags & 0x100)
try:
    coroutine.send("sent")
except StopIteration as stop:
    print(stop.value)
for arguments in ({"co_name": 3}, {"co_consts": 3}, {"unknown": 1}):
    try:
        one.__code__.replace(**arguments)
    except TypeError as error:
        print(error)
print(isinstance(one.__code__.co_code, bytes), isinstance(same.__code__.co_exceptiontable, bytes))
