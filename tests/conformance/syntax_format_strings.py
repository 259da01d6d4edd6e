"""What is wrong in a replacement field of an f-string or t-string, and where."""
import warnings


def show(source):
    try:
        compile(source, "<s>", "exec")
        print(ascii(source), "ok")
    except SyntaxError as e:
        print(ascii(source), "|", e.msg, "|", e.lineno, e.offset, e.end_lineno, e.end_offset)


FIELDS = [
    "a $ b", "a b", "a;", ";", "+;", "a+;", "a +", ".", ",", "", " ", "=", "!r", ":x", "a!", "a!:", "a!x", "a! r", "a!1",
    "a!r b", "a:{}", "a:{/5}", "a=b", "a=!", "a=;", "((", "a[4)", "a(4]", "a[4", ")", "3)+(4", "1#", "#", ")#", "a}",
    "'x", "('x", "\\'a\\'", "\\t3", "\\", "lambda x:1", "lambda :1", "lambda x", "lambda x:", "a:{lambda x:1}", "yield", "*a",
    "**a", "*", "a if", "a if b", "a for b in c", "(a b)", "f(a b)", "a:=5", "a = 5", "a == ", "not", "def", "import x", "1 2",
    "a.", "1_", "0x", "a:{b:{c:{d}}}", "a!r{':10'}", "None = 1", "await", "a,b c", "a,;", "class",
]
for field in FIELDS:
    show('f"{' + field + '}"')
for field in ["+ lambda:1", "a + lambda:1", "1, lambda:1", "a if b else lambda:1", "not lambda x:1"]:
    show('f"{' + field + '}"')
for field in ["a $ b", "", "a!x", ";", "lambda x:1", "a=b"]:
    show("t'{" + field + "}'")
for source in [
    "f'{a'", "f'{'", "f'x{'", "f'{{{'", "f'{a:'", "f'{a:{b'", "f'{a:{b}'", "f'{a;'", "f'{a!'", "f'{a = '", "f'}'", "f'a}'",
    "f'{a}}'", "f'{3' f'}'", "f'{a:b", "f'{a", "f'{a[\"x]}'", "f'\\N'", "f'\\N{'", "f'\\N{no such}'", "f'\\x1'", "f'{a}\\u12'",
    "f'''{\na b}'''", "f'''{\n}'''", "f'''{a", "f'''a\n", "f'{a:x\n}'", "f'{\na\nb}'", "f'{a!r\n}'", "f'{\n'",
    "f'''\n{\n(1_a)\n}'''", "f'\\\n{a b}'", "f(f'{a', b)", "f'{a:{f\"{b:{c}}\"}}'",
]:
    show(source)

for source in [r"f'\{6*7}'", r"f'\\{6*7}'", r"f'\}}'", r"f'\N{SPACE}\{1}'", "f'''a\n\\{1}'''", r"rf'\{1}'", r"f'{1}\d'"]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        print(ascii(source), ascii(eval(source)), [(str(w.message), w.lineno) for w in caught])
x = 1
for source in [r'''f'{" # nooo "=}' ''', r'''f'{" \" # nooo \" "=}' ''', "f'{1+2 = # my \n}'", "f'{x # a\n=}'"]:
    print(ascii(eval(source)))
