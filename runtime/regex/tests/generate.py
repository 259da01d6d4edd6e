"""Writes the table that `table.rs` checks: patterns as CPython compiles them, subjects, and what CPython finds.

    peer-of-CPython-3.14 generate.py > table.txt
    peer-of-CPython-3.14 generate.py random SEED COUNT > other.txt
"""

import itertools
import random
import re
import sys
from re import _compiler, _parser

# Shapes of patterns, with parts to put in; each is tried on the subjects of its row.
LETTERS = ["", "a", "b", "ab", "ba", "aab", "abab", "abc", "xabcx", "aaabbb", "bbbaaa", "cab", "ab\nab", "a-b", "ababc"]
WORDS = ["", "one two", "running and singing", " a  bc\td\n", "foo_bar, x1!", "end.\n", "\n\n", "a\nb\nc", "tHe Cat"]
WIDE = ["", "éÉ", "ßẞss", "İiIı", "ſsS", "KkK", "Ωω", "µμ", "ςσΣ", "яЯ", "中文 字", "𐐀𐐨", "٣4", "a²½", "x\u2028y\x85z",
        "\xa0 \u3000", "😀a", "aé中😀", "DžǄdž", "naïve café", "ÿŸ", "\u0100\xff\u0101"]
NUMBERS = ["", "1", "12", "123-4567", "3.14e+10", "0x1F", "1,234,567", "a1b22c333", "-5", "2026-11-30"]
KEYS = ["key=value", " k = v # c", "[section]", "a: 'b' \"c\\\"d\"", "<a href='x'>t</a>", "x=(1,(2))", "//c\n/*d*/e", "%(n)s %d"]

ATOMS = ["a", "b", "[ab]", "[^a]", ".", "ab", "(a)", "(?:ab)", "(a|b)", "(?:a|ab)", "(ab|a)", r"\w", r"[^\w]", "(a*)", "(?:a?)", "(|a)"]
REPEATS = ["*", "+", "?", "*?", "+?", "??", "*+", "++", "?+", "{2}", "{2,}", "{1,2}", "{,2}", "{2,3}?", "{1,2}+", "{0}", "{1}"]
TAILS = ["", "b", "$", r"\b", "(b)", "[bc]", "ab", r"(?=b)", r"(?!b)"]

LETTER_PATTERNS = """
a b abc a|b ab|cd a|ab|abc (a)(b)(c) (a|ab)(c|bcd)(d*) (a+|b)* (a+|b)+ (a+|b)? (a|b)*abb (?:a|b)*?c (a)|b (a)|(b)
((a)|(b))* (?:(a)|b)* (?:(a)|(b)|c)* (?:(a)|b)*+ (?:(a)b|a(c)|ac)*+ ((a)(b)?)* ((a)?b)* (a?)*? (a??)* (a??)*? (?:a?)*
(?:a?)+ (?:a?){2,5} (?:a*)* (?:a*)+b (a*)* (a*)+ (a*)*b (?:a|b|)* (?:|a)+ (?:|a)* (|a)+ (?:a|(?=b))* (a|)(b|)c ^abc abc$
^abc$ ^ $ ^$ \\Aab ab\\Z \\A \\Z \\b \\B \\ba a\\b \\Ba a\\B a.c a.*c a.*?c a[^c]*c .* .*? .+ .+? (.*) (.*)(.*) (.*?)(.*)
(.+?)(.*?)$ (.)(.)(.) (a)\\1 (a*)\\1 (a*)b\\1 (ab)+\\1 (a|b)\\1 (?:(a)|b)\\1 (a)?\\1 (?P<x>a)(?P=x) (a)?(?(1)b|c) (a)?(?(1)b)
(?(1)a|b)(c) (a)?b(?(1)c) ((a)|b)(?(2)c|d) (?=a) (?=a)a (?=(a))\\1 (?=(a*))a b (?!a). (?!a)b (?!(a)b). (?<=a)b (?<!a)b
(?<=ab)c (?<!ab)c (?<=(a))b (?<!(a))b (?<=a|b)c (?<=^)a (?<=\\b)a (?=ab|cd).. (?>a*)b (?>a|ab)c (?>(a)|ab)(b)? (?>a*)a
((?>a)b)* (?:(?>a*)b)* a++b a++a (?:ab)++a (?:a|ab)++b (a)++b (?:ab){2,}+c a{0} a{2} a{2,} a{,2} a{1,2}b a{2,3}? (ab){2}
(ab){1,2}? (?:ab){2,}? (a(b)?)+ (a(b)?)+? ((a)|b)+? (?:a(b)?c?)* (?i:a)b (?i:AB)c (?s:.)* (?m:^)a (?m:a$) (?x: a b ) [abc]+
[^abc]+ [a-c]x? [^\\n]* [\\s\\S] [\\s\\S]* [^\\s\\S] [^\\s\\S]* (?:[^\\s\\S]|a) [] []a] [^]a] [a-] [-a] [\\]] (?!) a(?!)|b
(?:a(?!))*b (a(?!))?b x*  (?:x*y*)* (?:a|b|c|d|e|f|g|h|i)+ ab|ac|ad (?:ab|ac|b)+ (?:aa|ab|ba|bb)* abab|aba|ab (?:)  ()
(()) (()a)* (?:()|a)* ()\\1 (a()b)* ((((a)))) (?:((a))|(b))* (?<=a)(?<=ab)? (?=a)* (?=a)+ (?!a)* (?:(?=(a))a)+ (?:(?!(b))a)+
(?:a(?=(b)))* (?:(?<=(a))b|a)* (a+)+c (a|a)*c (?:a+b?)+c (\\w+)\\s*= a*a*a*b (?:a{1,2}){2,3} (a{1,2}){2,3}? ((a{1,2})b?)+
(?:(a)|b){2} (?:(a)|(b)){2,3} (?:(a)|(b)){2,3}? (?:(a)|(b)){1,}+ (?:a|b){3,5}b (?:ab?){2,4}b (?:ab?){2,4}?b (a|b|ab)*?abc
(?:(a)(?(1)b|c))+ (?:(a)|b(?(1)a|b))+ (?:(a)|(?(1)b|c))+ (?:(?:a|b)*c)*? (?:(?:ab)*|b)*c ((a*)b)*\\2 (?:(a)\\1)* (?:a|b)*(?<=ab)
""".split()
WORD_PATTERNS = r"""
\w+ \W+ \s+ \S+ \d+ \D+ \b\w+ing\b \b\w+\b \w+\b \b\w \w\b \B\w \w\B (\w+)\s(\w+) ^\w+ \w+$ ^.*$ ^ $ \Z \A \s*$ ^\s* [a-z]+
[A-Z] [^a-z\s]+ [a-z]+ing (\w)(\w*)\1 ([a-z])(\w*)\1 \w*o\w* \w+?o \w*?\s .*\s .*?\s (?:\w|\s)+ (?:\w+\s?)+ (?:\w+\s?)+$ the
THE t(h)e and|sing|run (?:and|sing|run)\w* \b(?:and|one|two|foo|end)\b .+n .+?n [^ ]+ [\w,]+ [\W\d] \bx\d\b (?<=\s)\w+ (?<!\w)\w+
(?=\w)\w (?!\s). \w+(?=,) \w+(?!\w) [_]+ \n ^\n \n$ ^.$ (?:.|\n)* .*\n.* [\s\S]+? \s\b|\b\s \w{3} \w{3,} \w{2,3}? \w{2}+\w
""".split()
WIDE_PATTERNS = r"""
é É ß ẞ ss İ i ı I ſ s S K k K Ω ω µ μ ς σ Σ я Я 中 文 字 𐐀 𐐨 [é] [É] [à-ÿ] [À-ß] [^é] [éa] [яa-z] [α-ω] [Α-Ω] [а-я] [А-Я]
[一-鿿]+ [😀-😎] [𐐀-𐐧] [𐐨-𐑏] [^😀] [a😀] [^𐐀-𐐧]+ [\u0100-\uffff] [\x80-\xff]+ [^\x00-\x7f]+ \w+ \W+ \d+ \D \s+ \S+ \b\w \w\b \B. .+
[\w]+ [^\w]+ [\d\s]+ [^\d]+ [\w😀]+ [^\s中] (.)\1 (é)\1 (ς)\1 (\w)(\w)? (?:é|É|中)+ é|É|ß é* é+? [éÉ]*x? .*é é.* (?i:é)+ (?a:\w+)
(?a:\W+) (?a:\d) (?a:\s) (?a:\b)\w [KkK] [^k] [^ſ] [^i] [s-t] [ſ-ƀ] [k-l] [\u212a-\u212b] [i-j] [h-j]+ [^h-j] DŽ Dž dž [DŽ] ÿ Ÿ [ý-ā] [^ý-ā]
[ÿĀ] Ā ā [éαяӐ-ӿ中] [ab一丁丂]
""".split()
NUMBER_PATTERNS = r"""
\d+ \d{3} \d{2,3} \d{3}-\d{4} (\d+)-(\d+) [0-9]+ [^0-9]+ [+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)? 0[xX][0-9a-fA-F]+ \d{1,3}(?=(?:\d{3})+$)
(\d{1,3})(?:,(\d{3}))* (\d{4})-(\d\d)-(\d\d) (?P<y>\d+)-(?P<m>\d+) \d+? \d*? \d*\D [a-z]\d+ ([a-z])(\d+) (?:([a-z])(\d)+)+ \d\b
(?<=-)\d+ (?<!\d)\d (?:\d|,)+ ^-?\d+$ \d+(?:,\d+)+ (\d)(\d)?(\d)? (?:(\d)(\d))+ (\d+?)(\d*)
""".split()
KEY_PATTERNS = r"""
(\w+)=(\w+) \s*(\w+)\s*=\s*(\S+) \[(\w+)\] '([^']*)' "((?:[^"\\]|\\.)*)" (['"])(.*?)\1 <(\w+)[^>]*>(.*?)</\1> \([^()]*\) /\*.*?\*/ //[^\n]* #.*
%(?:\((\w+)\))?([sd]) [^=]+= =.* (?:[^=#]|=)+ (\w+)(?::|=) (?P<k>\w+)\s*(?P<e>[:=])\s*(?P<v>.*) (?:(\w+)|(\W))+ \s*#.*$ [\[\]()]+ \\. "[^"\\]*(?:\\.[^"\\]*)*"
(?:(?:/\*.*?\*/)|//.*|\w)+ <.*> <.*?> <[^>]+> (?:'[^']*'|"[^"]*"|[^'"])* \S+\s\S+ (\S+?)=
""".split()

FLAGS = {"": 0, "i": re.I, "m": re.M, "s": re.S, "a": re.A, "ia": re.I | re.A, "ims": re.I | re.M | re.S}


def rows():
    """Pairs of a pattern with flags, and subjects."""
    for shape in ATOMS:
        for index, repeat in enumerate(REPEATS):
            tail = TAILS[(index + len(shape)) % len(TAILS)]
            yield (shape if len(shape) == 1 or shape[0] in "[(\\" else f"(?:{shape})") + repeat + tail, 0, LETTERS[index % 5::5] + ["aabb"]
    for pattern in LETTER_PATTERNS:
        yield pattern, 0, LETTERS
    for patterns, subjects, flags in [
        (LETTER_PATTERNS[::3], [subject.upper() for subject in LETTERS[::2]], "i"),
        (WORD_PATTERNS, WORDS, ""), (WORD_PATTERNS[::2], WORDS, "m"), (WORD_PATTERNS[::3], WORDS, "ims"),
        (WORD_PATTERNS[1::3], WORDS, "s"), (WIDE_PATTERNS, WIDE, ""), (WIDE_PATTERNS, WIDE, "i"),
        (WIDE_PATTERNS[::2], WIDE, "a"), (WIDE_PATTERNS[::2], WIDE, "ia"), (NUMBER_PATTERNS, NUMBERS, ""),
        (KEY_PATTERNS, KEYS, ""), (KEY_PATTERNS[::2], KEYS, "s"),
    ]:
        for index, pattern in enumerate(patterns):
            # Wide subjects are many: some of them for each pattern.
            chosen = subjects if len(subjects) < 20 else subjects[index % 3::3] + [pattern.strip("[^]+")]
            yield pattern, FLAGS[flags], chosen
    for patterns, subjects in [(LETTER_PATTERNS[1::4], LETTERS[::2]), (WORD_PATTERNS[::3], WORDS)]:
        for pattern in patterns:
            yield pattern.encode(), 0, [subject.encode() for subject in subjects]
    for pattern in WORD_PATTERNS[::4] + [r"[a-f]+", r"(a)\1", r"[^k-m]", r"\xe9", r"[\xe0-\xff]"]:
        yield pattern.encode(), re.L | re.I, [subject.encode("latin-1") for subject in WORDS + ["aAfF", "kKlL", "éÉ"]]


def random_pattern(random, depth=0):
    """A pattern over few letters; groups are referred to only where that is allowed."""
    def atom(depth):
        choice = random.randrange(18 if depth < 4 else 5)
        if choice < 3:
            return random.choice("aab")
        if choice == 3:
            return random.choice([".", "[ab]", "[^a]", r"\w", "c"])
        if choice == 4:
            return random.choice([r"\b", "$", "^", r"\B", "", "ab", "ba"])
        inner = lambda: alternatives(depth + 1)
        if choice < 9:
            return f"(?:{inner()})"
        if choice < 12:
            number = len(groups) + 1
            groups.append(False)
            text = f"({inner()})"
            groups[number - 1] = True
            return text
        closed = [number for number, is_closed in enumerate(groups, 1) if is_closed]
        if choice == 12 and closed:
            return rf"\{random.choice(closed)}"
        if choice == 13 and closed:
            return f"(?({random.choice(closed)}){sequence(depth + 1)}|{sequence(depth + 1)})"
        if choice == 14:
            return f"(?>{inner()})"
        if choice == 15:
            return random.choice(["(?=", "(?!"]) + inner() + ")"
        if choice == 16:
            return random.choice(["(?<=", "(?<!"]) + random.choice(["a", "b", "ab", "a|b", "[ab]", "(?:a)b", "^", r"\b"]) + ")"
        return f"(?i:{inner()})"

    def sequence(depth):
        parts = []
        for _ in range(random.randrange(1, 4)):
            text = atom(depth)
            if random.random() < 0.4 and text not in ("", "^", "$", r"\b", r"\B"):
                text += random.choice(REPEATS) if len(text) == 1 or text[0] in "[(\\" else ""
            parts.append(text)
        return "".join(parts)

    def alternatives(depth):
        return "|".join(sequence(depth) for _ in range(random.choice([1, 1, 1, 2, 2, 3])))

    groups = []
    return alternatives(depth)


def random_rows(seed, count):
    source = random.Random(seed)
    while count:
        pattern = random_pattern(source)
        try:
            re.compile(pattern)
        except (re.error, OverflowError):
            continue
        count -= 1
        subjects = {"".join(source.choice("aabbcA\n") for _ in range(source.randrange(9))) for _ in range(4)}
        yield pattern, 0, sorted(subjects)


def spans(match):
    if match is None:
        return "-"
    regs = ",".join("-" if start < 0 else f"{start}:{end}" for start, end in match.regs)
    return f"{regs};{match.lastindex or 0}"


def packed(code):
    """The words in hexadecimal; `n*word` stands for n of them."""
    runs = ((word, len(list(run))) for word, run in itertools.groupby(code))
    return " ".join(f"{word:x}" if count == 1 else f"{count}*{word:x}" for word, count in runs)


def main():
    if sys.argv[1:2] == ["random"]:
        table = list(random_rows(int(sys.argv[2]), int(sys.argv[3])))
    else:
        table = [*rows(), *random_rows(1, 200)]
    print(f"# Written by generate.py with CPython {sys.version.split()[0]}.")
    print("# A pattern: its groups, its code words, and how it is written. A subject: bytes of a character, range,")
    print("# characters; then what match, fullmatch, search and finditer find.")
    seen = set()
    for pattern, flags, subjects in table:
        if (pattern, flags) in seen:
            continue
        seen.add((pattern, flags))
        try:
            parsed = _parser.parse(pattern, flags)
            code = _compiler._code(parsed, flags)
            compiled = re.compile(pattern, flags)
        except re.error:
            continue
        groups = parsed.state.groups - 1
        print(f"p {groups} {packed(code)} / {ascii(pattern)} {int(flags)}")
        for number, subject in enumerate(dict.fromkeys(subjects)):
            points = list(subject) if isinstance(subject, bytes) else [ord(character) for character in subject]
            width = 1 if max(points, default=0) < 0x100 else 2 if max(points) < 0x10000 else 4
            start, end = 0, len(points)
            if number % 4 == 3 and end > 1:
                start, end = 1, end - (number % 8 == 7)
            found = [compiled.match(subject, start, end), compiled.fullmatch(subject, start, end),
                     compiled.search(subject, start, end)]
            found = [spans(match) for match in [*found, *compiled.finditer(subject, start, end)]]
            print(f"t {width} {start} {end} {','.join(f'{point:x}' for point in points) or '-'} {' '.join(found)}")


main()
