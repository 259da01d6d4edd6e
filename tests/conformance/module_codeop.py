"""codeop: which sources are complete, which are not yet, and which never will be."""

import codeop

SOURCES = [
    "", "\n", "# only this", "a = 1", "a = 1\n", "if 1:", "if 1:\n", "if 1:\n  pass", "if 1:\n  pass\n", "if 1:\n  pass\nelse:",
    "if 1:\n  pass\nelse:\n  pass", "if 1: pass", "def f(", "def f():\n  pass", "\n\ndef x():\n  pass", "class A:", "@a\n",
    "try:\n a\nexcept:", "while 1:\n  while 2:\n    # nothing", "a = (", "a = [1,\n", "x = '''", "lambda z: \\", "a = 9+ \\",
    "del 1", "a b", "a = ", "f((a)=1)", "if 1:\npass", "1)", "x = 'abc", "if 9==3:\n  pass\nelif 3:", "elso:", "for a in b:",
]


def kind(make, *arguments, **named):
    try:
        code = make(*arguments, **named)
    except SyntaxError as e:
        return f"{type(e).__name__}: {e.msg}"
    return "incomplete" if code is None else type(code).__name__


compiler = codeop.CommandCompiler()
for source in SOURCES:
    print(ascii(source))
    for symbol in "single", "exec", "eval":
        print("   ", symbol, kind(codeop.compile_command, source, "<s>", symbol), "|", kind(compiler, source, "<s>", symbol))
    print("    tree", kind(codeop.compile_command, source, "<s>", "exec", flags=codeop.PyCF_ONLY_AST))

for flags in 0x200, 0x4000, 0x4200:
    for source in "if 1:\n  pass", "if 1:\n  pass\n", "if 1:":
        print(hex(flags), ascii(source), kind(compile, source, "<s>", "exec", flags))
# modes: native
