# Trees that a program makes: code of them, and what is refused.
import ast
import traceback


def located(node):
    return ast.fix_missing_locations(node)


def expression(node):
    return located(ast.Expression(node))


def module(*statements):
    return located(ast.Module(list(statements), []))


def attempt(node, mode="exec"):
    try:
        code = compile(node, "tree", mode)
    except (TypeError, ValueError, SyntaxError, OverflowError, RuntimeError, RecursionError) as error:
        print(type(error).__name__, str(error).split(" at 0x")[0][:100])
        return None
    print("code")
    return code


SOURCE = '''
from io import StringIO
from math import floor as down
def decorate(f): return f
@decorate
def f(a, /, b=2, *c, d=4, **e):
    """doc"""
    return [a, b, c, d, e], f.__doc__
class C[T]:
    x: int = 1
    def m(self): return __class__
async def coroutine(): return 1
def generator():
    got = yield 1
    yield from (i for i in range(2))
type A = int
total = 0
for i in range(10):
    if i == 7: break
    elif i % 2: continue
    else: total += i
else: total = -1
while total > 15: total -= 1
with StringIO() as file, (file): pass
try: 1 / 0
except ZeroDivisionError as error: caught = str(error)
else: caught = None
finally: done = True
try: raise ExceptionGroup("g", [ValueError(1)])
except* ValueError as group: caught_group = group.exceptions
match {"x": [1, 2, 3], "y": -1}:
    case {"x": [1, *rest], "y": -1 | 2, **more} if rest: matched = rest, more
match "a":
    case None | True | 1+2j: pass
    case str(text) as whole: matched_text = text, whole
squares = {n: n * n for n in range(4) if n}
text = f"{total!r:>5}|{down(2.5)=}|{'%s' % (1,)}" "tail"
template = t"{total:{down(3.5)}}x"
(walrus := 5)
values = (*range(2), ...), {1, 2} == {2, 1}, b"x", "\\ud800", 10 ** 30, -1, 2.5j, None, not True, walrus if walrus else 0
sliced = [0, 1, 2, 3][1:3], [0, 1][-1]
chained = 1 < 2 < 3 != 4
del walrus
assert chained, "message"
'''
namespace = {}
exec(compile(ast.parse(SOURCE), "tree", "exec"), namespace)
print(namespace["f"](1, 5, 6, z=7), namespace["C"].__type_params__, namespace["C"].__annotations__, namespace["C"]().m())
print(list(namespace["generator"]()), namespace["A"], namespace["total"], namespace["caught"], namespace["caught_group"])
print(namespace["matched"], namespace["matched_text"], namespace["squares"], namespace["text"], ascii(namespace["values"]))
print(namespace["template"].strings, namespace["template"].interpolations, namespace["sliced"], namespace["f"].__code__.co_firstlineno)
try:
    namespace["coroutine"]().send(None)
except StopIteration as stop:
    print(stop.value)

print("places")
code = compile(ast.parse("def f(x):\n    return (1 +\n            x.y)\nf(2)"), "tree", "exec")
try:
    exec(code)
except AttributeError as error:
    frames = traceback.extract_tb(error.__traceback__)[1:]
    print([(frame.lineno, frame.end_lineno, frame.colno, frame.end_colno) for frame in frames])
same = compile("x = [a for a in b]\n", "tree", "exec")
print(list(compile(ast.parse("x = [a for a in b]\n"), "tree", "exec").co_positions()) == list(same.co_positions()))

print("nodes that no source makes")
print(eval(attempt(expression(ast.Constant((1, "a", frozenset({2}), -3, b"x", None, ...))), "eval")))
print(eval(attempt(expression(ast.Constant(-10**30)), "eval")), eval(attempt(expression(ast.Constant("\ud800")), "eval")) == "\ud800")
print(eval(attempt(expression(ast.FormattedValue(ast.Constant("a"), 114, None)), "eval")))
print(eval(attempt(expression(ast.FormattedValue(ast.Constant(5), -1, ast.Constant("03"))), "eval")))
print(eval(attempt(expression(ast.Interpolation(ast.Constant(1), "one", -1)), "eval")))
print(eval(attempt(expression(ast.JoinedStr([ast.Constant("a"), ast.JoinedStr([ast.Constant("\udc00")])])), "eval")) == "a\udc00")
print(eval(attempt(expression(ast.Slice(ast.Constant(1))), "eval")))


class MyName(ast.Name):
    pass


print(eval(attempt(expression(MyName("total", ast.Load())), "eval"), namespace))
attempt(located(ast.Interactive([ast.Expr(ast.Constant(5))])), "single")

print("fields")


def changed(path, value):
    tree = ast.parse("x = f(a, b=1)\nglobal c\ndef g(p: int = 2): pass\n")
    *way, last = path.split(".")
    node = tree
    for name in way:
        node = node[int(name)] if name.isdigit() else getattr(node, name)
    if value is NotImplemented:
        delattr(node, last)
    elif last.isdigit():
        node[int(last)] = value
    else:
        setattr(node, last, value)
    attempt(tree)


gone = NotImplemented
for path, value in [
    ("body.0.lineno", gone), ("body", gone), ("body", (1,)), ("body", [1]), ("body", [None]), ("body.0.value", None),
    ("body.0.value", gone), ("body.0.value", 7), ("body.0.value.keywords.0", None), ("body.0.value.keywords.0.value", None),
    ("body.0.targets.0.id", None), ("body.0.targets.0.id", b"a"), ("body.0.targets.0.id", "None"),
    ("body.0.targets.0.ctx", None), ("body.0.targets.0.ctx", ast.Load()), ("body.0.targets.0.ctx", 3),
    ("body.0.targets.0.lineno", "a"), ("body.0.targets.0.lineno", 2**40), ("body.0.targets.0.lineno", None),
    ("body.0.targets.0.lineno", 7), ("body.0.targets.0.col_offset", 7), ("body.0.targets.0.col_offset", -7),
    ("body.0.targets.0.end_lineno", None), ("body.0.targets", []), ("body.0.targets", gone), ("body.0.type_comment", 3),
    ("body.1.names", []), ("body.2.args", gone), ("body.2.args", None), ("body.2.body", []), ("body.2.args.defaults", []),
    ("body.2.args.args", []), ("body.2.args.kw_defaults", [None]), ("body.2.name", None), ("body.2.decorator_list", [None]),
    ("body.0.value.args.0", None), ("body.0.value.args.0", ast.Name("a", ast.Store(), lineno=1, col_offset=0)),
    ("type_ignores", None), ("body.0.value", ast.Constant(len, lineno=1, col_offset=0)),
    ("body.0.value", ast.Constant((1, [2]), lineno=1, col_offset=0)),
]:
    print(path, repr(value).split(" ")[0], end=": ")
    changed(path, value)

print("modes")
attempt(ast.parse("a"), "eval")
attempt(ast.Name("a"), "exec")
attempt(ast.parse("a", mode="eval"), "single")
tree = ast.parse("a")
print(compile(tree, "tree", "exec", ast.PyCF_ONLY_AST) is tree, compile(tree, "tree", "exec", ast.PyCF_OPTIMIZED_AST) is tree)

print("validity")
load, store = ast.Load(), ast.Store()
name, one, stored = ast.Name("a", load), ast.Constant(1), ast.Name("a", store)
none = ast.arguments([], [], None, [], [], None, [])
for node in [
    ast.BoolOp(ast.And(), [name]), ast.Dict([one], []), ast.ListComp(name, []), ast.Compare(name, [], []),
    ast.Compare(name, [ast.Lt()], []), ast.Compare(name, [ast.Lt(), ast.Is()], [one]), ast.NamedExpr(one, one), ast.Tuple([stored], load), ast.List([None], load),
    ast.Starred(name, load), ast.Yield(name), ast.Lambda(ast.arguments([], [], None, [], [], None, [one]), one),
    ast.Attribute(stored, "b", load), ast.Call(name, [], [ast.keyword("k", stored)]), ast.Name("True", load),
    ast.IfExp(name, name, stored), ast.Subscript(name, stored, load),
]:
    print(type(node).__name__, end=": ")
    attempt(expression(node), "eval")
for node in [
    ast.Delete([]), ast.Delete([name]), ast.Assign([], one), ast.Assign([one], one), ast.For(stored, name, [], []), ast.While(name, [], []),
    ast.If(name, [], []), ast.With([], [ast.Pass()]), ast.Raise(None, name), ast.Try([ast.Pass()], [], [], []),
    ast.Try([ast.Pass()], [], [ast.Pass()], [ast.Pass()]), ast.TryStar([ast.Pass()], [], [], []), ast.Import([]),
    ast.ImportFrom("a", [], 0), ast.ImportFrom("a", [ast.alias("b")], -1), ast.Global([]), ast.Nonlocal([]), ast.ClassDef("C", [], [], [], []),
    ast.AnnAssign(ast.Attribute(name, "b", store), name, None, 1), ast.TypeAlias(one, [], name), ast.Match(name, []),
    ast.FunctionDef("f", none, [], []), ast.AugAssign(name, ast.Add(), one), ast.Expr(stored), ast.Return(one),
    ast.Try([ast.Pass()], [ast.ExceptHandler(None, None, [])], [], []),
]:
    print(type(node).__name__, end=": ")
    attempt(module(node))
for pattern in [
    ast.MatchValue(ast.Constant(...)), ast.MatchValue(name), ast.MatchValue(ast.UnaryOp(ast.USub(), one)), ast.MatchSingleton(1),
    ast.MatchStar("a"), ast.MatchSequence([ast.MatchStar("_")]), ast.MatchMapping([one], [], None), ast.MatchMapping([name], [ast.MatchAs()], None),
    ast.MatchMapping([], [], "_"), ast.MatchClass(one, [], [], []), ast.MatchClass(name, [], ["k"], []), ast.MatchAs(ast.MatchAs(), None),
    ast.MatchAs(None, "_"), ast.MatchOr([ast.MatchAs()]), ast.MatchValue(ast.BinOp(one, ast.Add(), ast.Constant(2j))),
]:
    print(type(pattern).__name__, end=": ")
    attempt(module(ast.Match(name, [ast.match_case(pattern, None, [ast.Pass()])])))

print("depth")
node = ast.UnaryOp(ast.Not(), None, lineno=1, col_offset=0)
node.operand = node
tree = ast.Expression(node)
try:
    compile(tree, "tree", "eval")
except RecursionError:
    print("RecursionError")
print(len(ast.unparse(ast.parse("if a: pass\n" + "elif a: pass\n" * 90))))
eval(compile(ast.parse("+".join("1" * 900), mode="eval"), "tree", "eval"))
# modes: native
