# Patterns, matches, scanners and templates as objects: attributes, messages, copies, comparison.
import copy
import re
import _sre


def error(function, *arguments, **keywords):
    try:
        print("no error:", function(*arguments, **keywords))
    except Exception as caught:
        print(type(caught).__name__, caught)


def patterns():
    p = re.compile(r"(?P<first>\w)(\d)?(?P<last>x)?", re.I)
    print(p, repr(p), p.flags, p.groups, p.groupindex, type(p.groupindex), p.pattern)
    for flags in 0, re.M, re.A, re.S | re.X, re.DEBUG * 0 | re.I | re.M:
        print(re.compile("a", flags), re.compile("a" * 250, flags))
    print(re.compile(b"x"), re.compile(b"x", re.L), re.compile("'\"\n"))
    print(p == re.compile(p.pattern, re.I), p == re.compile(p.pattern), p != 3, hash(p) == hash(copy.copy(p)), p == copy.deepcopy(p))
    error(lambda: p < p)
    error(type(p))
    print(re.Pattern, re.Match, re.Pattern[str], re.Match[bytes], type(p.scanner("")), type(p.finditer("")))
    print(p.match.__name__, re.compile("").groupindex, {p: 1}[re.compile(p.pattern, re.I)])
    for name in "match", "sub", "split", "findall", "scanner", "finditer", "fullmatch", "search", "subn":
        print(name, getattr(p, name).__text_signature__)
    error(p.match)
    error(p.match, 1)
    error(p.match, b"x")
    error(re.compile(b"x").search, "x")
    error(p.match, "x", "y")
    error(p.match, "x", nothing=1)
    print(p.match("abc", 1), p.match(string="abc", pos=1, endpos=2), p.match("abc", -5), p.match("abc", 10), p.search("abc", 2, 1))
    error(_sre.compile, "a", 0, [1, 2, 3], 0, {}, ())
    error(_sre.compile, "a", 0, [1 << 40], 0, {}, ())
    error(_sre.compile, "a", 0, [-1], 0, {}, ())
    error(_sre.compile, {}, 0, [], 0, [], [])
    error(_sre.compile, "a", 0, [], 0, {}, ())
    print(_sre.MAGIC, _sre.CODESIZE, _sre.MAXREPEAT, _sre.MAXGROUPS, _sre.getcodesize())


def matches():
    m = re.search(r"(?P<a>b)(c)?(?P<d>d)?", "abd")
    print(m, m.group(), m.group(1), m.group("a", 2, 0), m[0], m["d"], m[2], m.groups(), m.groups("-"), m.groupdict(), m.groupdict(0))
    print(m.start(), m.end("a"), m.span(2), m.regs, m.regs is m.regs, m.lastindex, m.lastgroup, m.pos, m.endpos, m.string, m.re)
    print(copy.copy(m) is m, copy.deepcopy(m) is m, bool(m), m.expand(r"<\1\g<d>\2>"), m.groups(default=1))
    for group in 4, -1, "x", None, 1.5, [], 2**70:
        error(m.group, group)
        error(m.start, group)
    error(m.__getitem__, "zz")
    error(len, m)
    error(type(m))
    error(m.expand, r"\9")
    print(m.group(True), re.match("x" * 60, "x" * 60), re.match(b"ab", bytearray(b"abc")).group(), re.match("a", "a").lastindex)
    print(re.match("((a)(b))", "ab").lastindex, re.match("(a)(?P<n>b)?", "a").lastgroup, re.match("(?P<n>a)", "a").lastgroup)


def substitution():
    print(re.sub("a", "b", "banana"), re.sub("a", "b", "banana", count=2), re.subn("a", "", "banana"), re.sub("x*", "-", "abxd"))
    print(re.sub(r"(\w)(\d)", r"\2\1", "a1 b2"), re.sub(r"(?P<n>\w)", r"<\g<n>\g<0>>", "ab"), re.sub("(a)|b", r"[\1]", "ab"))
    print(re.sub("a", lambda m: m.group().upper() * 2, "banana"), re.sub("a", lambda m: None, "banana"), re.sub("a", r"\n", "ba"))
    print(re.sub(b"a", b"xy", bytearray(b"banana")), re.sub(b"a", bytearray(b"[\\g<0>]"), b"ba"), re.sub("é", "中😀", "éaé"))
    s = "nothing"
    print(re.sub("z", "y", s) is s, re.sub("", "-", "ab"), re.subn(r"\b", "|", "ab cd"))
    error(re.sub, "a", b"x", "banana")
    error(re.sub, b"a", "x", b"banana")
    error(re.sub, "a", 3, "banana")
    error(re.sub, "a", lambda m: 3, "banana")
    error(re.sub, "a", lambda m: b"x", "cacb")
    error(re.sub, "a", r"\1", "a")
    error(re.sub, "a", r"\q", "a")
    error(re.compile("a").sub, "x")
    print(re.split(r"(,)|;", "a,b;c"), re.split("x*", "axbc"), re.split(",", "a,b,c", maxsplit=1), re.split(b",", b"a,b"))
    print(re.findall("(a)|(b)", "abc"), re.findall("a*", "baac"), re.findall(b".", memoryview(b"ab")), re.findall("(x)?a", "axa"))
    error(_sre.template, re.compile(""), ["a", 1])
    error(_sre.template, re.compile(""), [])
    error(_sre.template, re.compile(""), ["a", -1, "b"])
    error(_sre.template, re.compile(""), ["a", "b", "c"])


def scanners():
    s = re.compile(r"(\w)(\d)?").scanner("a1b c")
    print(s.pattern, s.match(), s.match(), s.match(), s.match(), s.search())
    s = re.compile(r"\d*").scanner("1a2", 0, 3)
    print([m.span() for m in iter(s.search, None)])
    data = bytearray(b"abc")
    it = re.finditer(b"[a-z]", data)
    next(it)
    error(data.append, 1)
    del it
    data.append(100)
    print(data, [m.group() for m in re.finditer("", "ab")])

    class Text(str):
        pass
    print(type(re.match("a", Text("abc")).group()), type(re.sub("z", "", Text("abc"))), re.match("a", Text("abc")).string.__class__)


for _ in range(3):
    patterns()
matches()
for _ in range(30):
    m = re.match("(a)(b)?", "ab")
    m.group(1), m.regs, m.groupdict()
substitution()
scanners()
# modes: native
