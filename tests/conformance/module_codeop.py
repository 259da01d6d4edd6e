"""Which sources could go on, for interactive input."""
import codeop
import warnings

warnings.simplefilter("ignore")
for source in [
    "a = 1", "if 1:", "if 1:\n    pass", "if 1:\n    pass\n", "(", "(\n1", "'''a", "'''a\n", "a = ", "a +", "def f():", "f(a,",
    "a \\", "for x in y:", "try:\n  pass", "@a", "class A:\n\n", "[1,\n2", "f'''a{", "f'''{a}\n", "'abc", "a b", "if 1:\n  a b", "else:",
    "if 9==3:\n  pass\nelse:", "del (", "lambda x", "return", "a = 3 $", "?", "import", "from a import (", "with a", "match x:", "(a b",
    "]", "def f(", "{1:2", "def x():\n  '''\n", "a = f(\n  1,\n  )) ", "", "\n", "# comment", "x = 1;", "raise",
]:
    try:
        code = codeop.compile_command(source)
        print(ascii(source), "more" if code is None else "whole")
    except SyntaxError as error:
        print(ascii(source), type(error).__name__)
