# code.replace and types.CodeType: fields that can be changed, what follows from them, what is refused.
# modes: native
import copy
import inspect
import types

CODE_FIELDS = """argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name
qualname firstlineno linetable exceptiontable freevars cellvars""".split()


def function(a, b=2, *, c=3):
    x = a + b
    return x * c


def other(p, q=2, *, r=3):
    y = p - q
    return y * r


def made(code, source=function):
    made = types.FunctionType(code, globals(), "made", source.__defaults__, source.__closure__)
    made.__kwdefaults__ = source.__kwdefaults__
    return made


code = function.__code__
print(code.replace() == code, code.replace() is code, copy.replace(code, co_name="n").co_name)
for i in range(300):
    if i % 100 == 0:
        print(made(code.replace(co_name=f"n{i}"))(i))

# Names, constants, numbers of lines.
changed = code.replace(co_name="new", co_qualname="Class.new", co_filename="file.py", co_firstlineno=1000)
print(changed.co_name, changed.co_qualname, changed.co_filename, changed.co_firstlineno)
print(sorted({line for _, _, line in changed.co_lines()}), changed == code, hash(changed) == hash(code))
try:
    made(changed)("1")
except TypeError as error:
    entry = error.__traceback__.tb_next
    print(entry.tb_lineno, entry.tb_frame.f_code.co_qualname)
renamed = made(code.replace(co_varnames=("u", "v", "w", "z")))
print(renamed(u=5, v=6, w=1), renamed(5, w=0), renamed.__code__.co_varnames)


def constants():
    return "text", 12345, (1, 2), len("abc")


print(made(constants.__code__.replace(co_consts=constants.__code__.co_consts + ("more",)))() == constants())


def names():
    return len, undefined_name  # noqa


code_names = names.__code__
print(code_names.co_names, made(code_names.replace(co_names=("print", "len")))() == (print, len))

# Parameters.
print(made(code.replace(co_posonlyargcount=2))(1, 2), code.replace(co_posonlyargcount=1) == code)
try:
    made(code.replace(co_posonlyargcount=1))(a=1)
except TypeError as error:
    print(error)


def takes(*args, **kwargs):
    return args, kwargs


def fixed(args, kwargs):
    return args, kwargs


print(made(takes.__code__.replace(co_flags=takes.__code__.co_flags & ~inspect.CO_VARKEYWORDS & ~inspect.CO_VARARGS,
                                  co_argcount=2))(1, 2))
print(made(fixed.__code__.replace(co_flags=fixed.__code__.co_flags | inspect.CO_VARARGS | inspect.CO_VARKEYWORDS,
                                  co_argcount=0))(1, 2, k=3))

# Closures.
closed = code.replace(co_freevars=("free", "more"))
print(closed.co_freevars)
try:
    types.FunctionType(closed, {})
except TypeError as error:
    print(error)
cells = types.CellType(1), types.CellType(2)
print(types.FunctionType(closed, {}, "f", (2,), cells)(1, c=2))
more = code.replace(co_cellvars=("cell",))
print(more.co_cellvars, made(more)(1, 2), made(more)(7, c=1))

# A generator that may be awaited.
print(types.coroutine(lambda: (yield)).__code__.co_flags & 0x1a0)

# The instructions of other code; a constructor.
print(made(code.replace(co_code=other.__code__.co_code))(10, 3), made(other.__code__.replace(co_code=code.co_code))(10, 3, r=4))
fields = [getattr(code, "co_" + name) for name in CODE_FIELDS]
again = types.CodeType(*fields)
print(again == code, hash(again) == hash(code), made(again)(5), again is code)
fields[11] = "constructed"
print(types.CodeType(*fields).co_name, types.CodeType(*fields[:16]).co_freevars)

# Lines and positions.
bare = code.replace(co_linetable=b"")
print(list(bare.co_lines()), list(bare.co_positions()), bare == code, made(bare)(1))
print(code.replace(co_linetable=code.co_linetable) == code, code.replace(co_exceptiontable=code.co_exceptiontable) == code)


def guarded():
    try:
        return 1 // 0
    except ZeroDivisionError:
        return "caught"


print(guarded(), guarded.__code__.replace(co_exceptiontable=b"") == guarded.__code__)
try:
    print(made(guarded.__code__.replace(co_exceptiontable=b""))())
except ZeroDivisionError:
    print("not caught")

# What is refused.
for fields in (
    dict(co_argcount=9), dict(co_argcount=-1), dict(co_kwonlyargcount=9), dict(co_nlocals=9), dict(co_nlocals=-1),
    dict(co_varnames=("a",)), dict(co_stacksize=-1), dict(co_flags=-1), dict(co_firstlineno=-1), dict(co_firstlineno="1"),
    dict(co_name=1), dict(co_filename=b""), dict(co_names=[]), dict(co_names=(1,)), dict(co_consts=[]), dict(co_code=""),
    dict(co_code=b"\0"), dict(co_linetable=""), dict(unknown=1), dict(co_argcount=2**40),
):
    try:
        print(code.replace(**fields))
    except Exception as error:
        print(type(error).__name__, error)
for arguments in ((), (1,) * 15, (1,) * 19):
    try:
        print(types.CodeType(*arguments))
    except TypeError as error:
        print(error)
try:
    code.replace(1)
except TypeError as error:
    print(error)
