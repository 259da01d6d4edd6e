# symtable: every block of a source with its names, as the compiler sees them.
# modes: native
import symtable

SOURCE = '''
from __future__ import division
import os.path as path, sys
from a import b as c, d
glob: int = 1
if glob:
    late: str

def function(a, /, b: int = 1, *args, k=glob, **kwargs) -> str:
    """Docstring."""
    global glob
    glob = local = [x for x in args if (y := x)]
    annotated: path.unknown
    def inner():
        nonlocal local
        local = a, lambda z: z + b
        return super
    return inner, {u: v for u, v in kwargs}, (w for w in k)

async def waits(stream):
    async for item in stream:
        yield [part async for part in item]
    async with stream as s, s.t as (m, *n):
        del s

class Plain(list, metaclass=type):
    x: int = 1
    if x:
        y: int
    __private = 2
    def method(self, __arg):
        x = self.__private
        return super().method, __class__, x
    def uses(self):
        return y
    both = [x for _ in (1, 2)]
    also = [lambda: i for i in both]

def outer():
    y = 1
    class Inside:
        y = 2
        def method(self):
            return y
    return Inside

class Generic[T: int, *Ts, **P, D = str](Base[T]):
    def method[S: (int, str)](self, s: S, t: T) -> D: ...
    type Alias[Q] = dict[Q, T]

type Plain2 = list[Plain2]
def generic[T](a: T = glob, *, b=1): return T

match sys:
    case {"a": first, **rest} | [first, *rest]: pass
    case Plain(x=1, y=other) as whole if other: pass
try:
    pass
except* (ValueError, TypeError) as error:
    raise error from glob
template = t"{glob!r:>{late}} {sys}"
print(f"{path=}", *[1], **{})
'''


def show(table, indent=""):
    print(f"{indent}{table.get_type()} {table.get_name()!r} line {table.get_lineno()}", end="")
    print(" nested" * table.is_nested(), " optimized" * table.is_optimized(), sep="")
    names = table.get_identifiers()
    print(f"{indent}  {', '.join(sorted(names))}")
    for symbol in sorted(table.get_symbols(), key=symtable.Symbol.get_name):
        print(f"{indent}  {symbol}", *[space.get_name() for space in symbol.get_namespaces()])
    if isinstance(table, symtable.Function):
        print(indent, table.get_parameters(), sorted(table.get_frees()), table.get_nonlocals())
    for child in table.get_children():
        show(child, indent + "    ")


for _ in range(3):
    top = symtable.symtable(SOURCE, "file", "exec")
show(top)
print(top, top.get_children()[1], top.has_children(), top.get_id() == top._table.id)
print(list(top.get_identifiers()))
show(symtable.symtable("[a for b in c if (d := b)]", "file", "eval"))
show(symtable.symtable("x: int; y = lambda *a, **k: (yield)", "file", "single"))
show(symtable.symtable(b"# coding: latin-1\n\xe9 = 1", "file", "exec"))

for arguments in (
    ("def f(x): global x", "name", "exec"),
    ("x = (", "name", "exec"),
    ("nonlocal x", "name", "exec"),
    ("def f(a, a): pass", "name", "exec"),
    ("return 1; break; await x", "name", "exec"),
    ("1 = x", "name", "exec"),
    ("x", "name", "other"),
    ("x", 1, "exec"),
    ("x", "name", 1),
    (1, "name", "exec"),
    ("x\0", "name", "exec"),
):
    try:
        print(symtable.symtable(*arguments))
    except SyntaxError as error:
        print(type(error).__name__, error.msg, error.filename, error.lineno, error.offset)
    except Exception as error:
        print(type(error).__name__, error)
