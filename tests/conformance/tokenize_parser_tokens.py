# modes: native
"""Tokens as the parser sees them, and which sources have none."""
import io
import tokenize


def show(source, extra):
    print(ascii(source)[:50], extra)
    readline = io.StringIO(source).readline
    try:
        for token in tokenize._generate_tokens_from_c_tokenizer(readline, extra_tokens=extra):
            kind, text, start, end, line = token
            print("   ", kind, ascii(text), start, end)
    except (tokenize.TokenError, SyntaxError) as error:
        print("   ", type(error).__name__, ascii(error.args))


PROGRAMS = [
    "a = (b) +- c[1:2]\n\nif x:\n  y->z\n",
    "# c\nx\n# d\n",
    "x",
    " x",
    "def f():\n    x\n  y\n",
    "f'{a!r:>{w}}'",
    "t'a{b=}'\n",
    "if 1:\n    \\\n  x\n",
    "def f():\n    \\\n'text'\n    \\\n    pass\n",
    "a @= b := c ... ! d <<= e //= f ** g",
    'Rf"abc\\\ndef"',
]
FAULTY = [
    "if True:\n \tprint(1)\n\tprint(2)\n",
    "if True:\n\tprint(1)\n        print(2)\n",
    "if True:\n        if x:\n\t y\n",
    "\t a\n  \tb\n",
    " a\n\x00",
    "a\x00b",
    "(1+2]",
    "]",
]
NUMBERS = ["012", "0b12", "0b1_", "0xg", "0o8", "1_", "1__0", "1e+", "1e", "1.2_", "1ab", "0_7", "00", "0_0"]
NUMBERS += ["09.5", "0777j", "1jx", "1.e5_"]

for extra in (True, False):
    for source in PROGRAMS + FAULTY + NUMBERS + ["\xe9 = 1"]:
        show(source, extra)

for letter in ("\u20ac", "\xa0"):
    show(letter, True)

for depth in (99, 100):
    source = "".join("  " * level + "if x:\n" for level in range(depth)) + "  " * depth + "y\n"
    try:
        print(depth, len(list(tokenize.generate_tokens(io.StringIO(source).readline))))
    except SyntaxError as error:
        print(type(error).__name__, error.msg)
for depth in (200, 201):
    try:
        print(depth, len(list(tokenize.generate_tokens(io.StringIO("(" * depth + ")" * depth).readline))))
    except tokenize.TokenError as error:
        print(type(error).__name__, error.args)
