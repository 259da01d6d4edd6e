# Places and hints of syntax errors, and warnings of sources that do not parse.
import warnings

SOURCES = [
    ("dict(a = i for i in x)", "exec"),
    ("f(b, a=i for i in x)", "exec"),
    ("def f(*args: *b = (1,)): pass", "exec"),
    ("A[*(1:2)]", "exec"),
    ("match x:\n  case 4 as 1+2: pass", "exec"),
    ("match x:\n  case 4 as (a + 1): pass", "exec"),
    ("match x:\n  case 4 as a+1: pass", "exec"),
    ("try:\n  pass\nexcept* A:\npass\n", "exec"),
    ("1\n2", "single"),
    ("if 1: pass", "single"),
    ("if 1:\n  pass", "single"),
    ("if 1:\n  pass\nelse: pass", "single"),
    ("\\", "eval"),
    ("x = \\", "exec"),
    ("(1,\\\n\\", "exec"),
    ("return 'ä'", "exec"),
    ("'\\e' 1", "exec"),
    ("c = " + "3" * 4301, "exec"),
    ("f'" * 1 + "{f'" * 0 + "{1 1:{2}}'", "eval"),
]
for source, mode in SOURCES:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, "<source>", mode)
            result = "compiles"
        except SyntaxError as error:
            place = (error.lineno, error.offset, error.end_lineno, error.end_offset)
            result = f"{type(error).__name__}: {error.msg} {place} {(error.text or '')[:20]!r}"
    print(repr(source[:30]), mode, result, [str(warning.message)[:20] for warning in caught])


def nested(count):
    return "1" if count == 0 else f'f"{{{nested(count - 1)}}}"'


for count in (149, 150):
    try:
        print(eval(nested(count)))
    except SyntaxError as error:
        print(error.msg, error.offset)

FUTURE = "from __future__ import annotations\n"
for source in ("def f(a: (yield)): pass", "def f() -> (await x): pass", "def f(a: (b := 1)): pass"):
    try:
        compile(FUTURE + source, "<source>", "exec")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset)
namespace = {}
exec(FUTURE + "def f(a: t'{b  +  c}'): pass", namespace)
print(namespace["f"].__annotations__)

# Sources in other encodings, and with other ends of lines.
for source in (
    b"# coding: ascii\n'\xc3\xa4'",
    b"# coding: hex_codec\n1",
    b"\xef\xbb\xbf# coding: utf8\n1",
    b"\xef\xbb\xbf# first\n# coding: iso-8859-15\n1",
    b"# coding: iso-8859-1-" + b"x" * 100 + b"\n1",
):
    try:
        compile(source, "<source>", "exec")
        print("compiles")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset, error.filename)
print(ascii(eval("'''a\r\nb\rc\r\r\n'''")))
