# Regular expressions: what patterns find, over strings of every width and bytes.
import re


def show(pattern, subject, flags=0):
    compiled = re.compile(pattern, flags)
    found = [compiled.match(subject), compiled.fullmatch(subject), compiled.search(subject)]
    print(repr(pattern), repr(subject), [m and (m.regs, m.lastindex) for m in found],
          [m.regs for m in compiled.finditer(subject)])


def shapes():
    for subject in ["", "ab", "aab b", "xabcx\nab", "aé中b", "a😀b ab", "KkK ſs ẞß İi"]:
        for pattern in ["a|ab", "(a|ab)(b|c)?", "(?:(a)|b)*", r"\b\w+\b", ".*?b", "(a*)*b", r"(.)\1", "(?=(a))a", "(?<!a)b",
                        "(?>a*)b", "a*+b", "(?:a|b){2,3}?", "(a)?(?(1)b|x)", "^.", ".$", r"\w+|\s", "[^a]+", "[a-z]", "[à-ý中]"]:
            show(pattern, subject)
            show(pattern, subject, re.I | re.M)
    for subject in [b"", b"ab", b"aab \xe9b\n", bytearray(b"xab"), memoryview(b"abab")]:
        compiled = re.compile(rb"(a)(b)?|\W")
        print([(m.span(), m.groups()) for m in compiled.finditer(subject)], compiled.sub(b"-", subject), compiled.split(subject))


def hot():
    total = 0
    words = re.compile(r"([a-z]+)(\d*)")
    for i in range(300):
        m = words.search(f"-- item{i} rest")
        total += m.end() + len(m.group(1)) + int(m[2] or 0)
        total += len(words.findall("a1 b2 c3")) + len(words.sub("x", "ab12 cd"))
        total += sum(m.start() for m in words.finditer("p q7 r"))
    print(total)


def unicode():
    import _sre
    checks = 0
    for function in _sre.unicode_tolower, _sre.unicode_iscased, _sre.ascii_tolower, _sre.ascii_iscased:
        checks = (checks * 31 + sum(i * function(i) for i in range(0, 0x20000, 3))) % 1000003
    print(checks)
    text = "".join(map(chr, [*range(0x300), *range(0x660, 0x670), *range(0x2000, 0x2100), 0x3000, *range(0x1F600, 0x1F610)]))
    for pattern in r"\w", r"\d", r"\s", r"\W", r"\D", r"\S", r"(?i)[k-s]", r"(?i)[à-ö]", "(?i)ÿ", r"(?a)\w", r"(?i)[^a-z]":
        found = re.findall(pattern, text)
        print(pattern, len(found), sum(map(ord, found)))


def big():
    text = "ab" * 20000
    print(len(re.fullmatch("(?:a|b)*", text).group()), re.match("(?:a|b)*c", text), re.match(r"(a+)+c", "a" * 15))
    print(re.search(r"\w+@", "x" * 5000), re.fullmatch("(?:(a)|(b))*", text).regs, re.match("(?:a|b|ab)*?$", text).end())


shapes()
hot()
unicode()
big()
# modes: native
