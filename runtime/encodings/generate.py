"""Writes src/tables.bin from the codecs of the running CPython 3.14, which are the standards' mappings:

    python3.14 generate.py src/tables.bin

The file is compressed by zlib, and holds numbers of seven bits in each byte, low ones first (`number`), or with their
sign in the lowest bit (`signed`). It has a row for each name of `TABLES`, in that order:

    length                       of the row, in bytes
    what each first byte is      256 signed differences: 0 illegal, 1 starts two bytes, 2 three, else a code point + 3
    codes that the base has not  count, differences of the codes
    codes with a character       count, differences of the codes, signed differences of the code points from the next one
    codes that are an error      count, differences of the codes
    as a whole
    codes with two characters    count, and for each one the code and both code points
    characters whose code is     count, and for each one the difference of its code point and the code, 0 for none
    not the first that has it

A code is the bytes of a character as a number. A row says how it differs from its base. At the end stand the code points
that gb18030 writes in four bytes: count, and for each run the code point, its place in the order of such codes, the length.
"""
import codecs
import sys
import zlib

# Names and bases. The rows `jis…` and `ksx1001` are character sets of ISO 2022, with codes as in EUC.
TABLES = [
    ("gb18030", None),
    ("gbk", "gb18030"),
    ("gb2312", "gbk"),
    ("big5", None),
    ("cp950", "big5"),
    ("big5hkscs", "big5"),
    ("shift_jis", None),
    ("cp932", "shift_jis"),
    ("shift_jis_2004", "shift_jis"),
    ("shift_jisx0213", "shift_jis_2004"),
    ("euc_jp", None),
    ("euc_jis_2004", "euc_jp"),
    ("euc_jisx0213", "euc_jis_2004"),
    ("cp949", None),
    ("euc_kr", "cp949"),
    ("ksx1001", "euc_kr"),
    ("johab", "cp949"),
    ("jis", "euc_jp"),
    ("jis_2004", "euc_jis_2004"),
    ("jis_2000", "euc_jisx0213"),
]
ILLEGAL, TWO, THREE = range(3)
# What may be any code, because another character set is asked first.
ANY = object()
POINTS = range(0x110000)


def code_of(data):
    return int.from_bytes(data, "big")


class Plain:
    """One of CPython's codecs whose bytes mean the same everywhere."""

    def __init__(self, name):
        self.codec = codecs.lookup(name)
        self.first = [self.kind(byte) for byte in range(256)]
        self.codes = {}
        for byte, kind in enumerate(self.first):
            if kind == TWO:
                self.read_all(bytes([byte]))
            elif kind == THREE:
                for second in range(256):
                    self.read_all(bytes([byte, second]))
        self.points = {}
        for point in POINTS:
            try:
                data = self.codec.encode(chr(point))[0]
            except UnicodeEncodeError:
                continue
            # gb18030 and euc_kr have rules for longer ones.
            if len(data) <= 3:
                self.points[point] = code_of(data)

    def kind(self, byte):
        try:
            return ord(self.codec.decode(bytes([byte]))[0]) + 3
        except UnicodeDecodeError as error:
            if error.reason.startswith("illegal"):
                return ILLEGAL
        try:
            self.codec.decode(bytes([byte, 0xA1]))
        except UnicodeDecodeError as error:
            # Only the first byte of three leaves open what follows its second one.
            if error.reason.startswith("incomplete"):
                return THREE
        return TWO

    def read_all(self, start):
        for last in range(256):
            data = start + bytes([last])
            try:
                text = self.codec.decode(data)[0]
            except UnicodeDecodeError as error:
                if error.reason.startswith("incomplete") or error.end < 2:
                    continue
                text = ""
            self.codes[code_of(data)] = text


class Designated:
    """Character sets of ISO 2022, which an escape sequence selects; the rows of EUC that they stand for are `prefix`."""

    def __init__(self, name, sets, ignored=b""):
        codec = codecs.lookup(name)
        self.first = [ILLEGAL] * 256
        self.codes, self.points = {}, {}
        for byte in range(0xA1, 0xFF):
            self.first[byte] = TWO
        for escape, prefix in sets:
            if prefix:
                self.first[prefix[0]] = THREE
            for first in range(0x21, 0x7F):
                for second in range(0x21, 0x7F):
                    try:
                        text = codec.decode(escape + bytes([first, second]))[0]
                    except UnicodeDecodeError:
                        continue
                    self.codes[code_of(prefix + bytes([first | 0x80, second | 0x80]))] = text
        for point in POINTS:
            try:
                data = codec.encode(chr(point))[0]
            except UnicodeEncodeError:
                continue
            for escape, prefix in sets:
                if data.startswith(escape):
                    place = len(escape)
                    self.points[point] = code_of(prefix + bytes(byte | 0x80 for byte in data[place:place + 2]))
            if ignored and data.startswith(ignored):
                self.points[point] = ANY


def read(name):
    match name:
        case "jis":
            return Designated("iso2022_jp_1", [(b"\x1b$B", b""), (b"\x1b$(D", b"\x8f")])
        case "ksx1001":
            return Designated("iso2022_kr", [(b"\x1b$)C\x0e", b"")])
        case "jis_2004":
            return Designated("iso2022_jp_2004", [(b"\x1b$(Q", b""), (b"\x1b$(P", b"\x8f")], b"\x1b$B")
        case "jis_2000":
            return Designated("iso2022_jp_3", [(b"\x1b$(O", b""), (b"\x1b$(P", b"\x8f")], b"\x1b$B")
    return Plain(name)


output = bytearray()


def number(value):
    while value >= 0x80:
        output.append(value & 0x7F | 0x80)
        value >>= 7
    output.append(value)


def signed(value):
    number(value << 1 if value >= 0 else ~value << 1 | 1)


def differences(values):
    number(len(values))
    previous = 0
    for value in values:
        number(value - previous)
        previous = value


def write(table, base):
    previous = 0
    for kind in table.first:
        signed(kind - previous)
        previous = kind
    old = base.codes if base else {}
    differences([code for code in sorted(old) if code not in table.codes])
    changed = [code for code in sorted(table.codes) if old.get(code) != table.codes[code]]
    single = [code for code in changed if len(table.codes[code]) == 1]
    differences(single)
    expected = 0
    for code in single:
        signed(ord(table.codes[code]) - expected)
        expected = ord(table.codes[code]) + 1
    differences([code for code in changed if not table.codes[code]])
    pairs = [code for code in changed if len(table.codes[code]) == 2]
    number(len(pairs))
    for code in pairs:
        number(code)
        for letter in table.codes[code]:
            number(ord(letter))
    found = {}
    for byte, kind in enumerate(table.first):
        if kind > THREE:
            found.setdefault(kind - 3, byte)
    for code in sorted(table.codes):
        if len(table.codes[code]) == 1:
            found.setdefault(ord(table.codes[code]), code)
    others = []
    for point in sorted(found.keys() | table.points.keys()):
        actual = table.points.get(point, 0)
        if actual is not ANY and actual != found.get(point, 0):
            others.append((point, actual))
    number(len(others))
    previous = 0
    for point, code in others:
        number(point - previous)
        number(code)
        previous = point
    print(len(table.codes), len(single), len(pairs), len(others), file=sys.stderr)


def long_runs():
    """The runs of code points that gb18030 writes in four bytes."""
    codec = codecs.lookup("gb18030")
    runs = []
    for point in POINTS:
        if 0xD800 <= point < 0xE000:
            continue
        data = codec.encode(chr(point))[0]
        if len(data) != 4:
            continue
        assert codec.decode(data)[0] == chr(point)
        place = ((data[0] - 0x81) * 10 + data[1] - 0x30) * 1260 + (data[2] - 0x81) * 10 + data[3] - 0x30
        if runs and runs[-1][0] + runs[-1][2] == point and runs[-1][1] + runs[-1][2] == place:
            runs[-1][2] += 1
        else:
            runs.append([point, place, 1])
    number(len(runs))
    for run in runs:
        for value in run:
            number(value)
    print(len(runs), runs[-3:], file=sys.stderr)


def main(path):
    tables = {}
    for name, base in TABLES:
        print(name, end=" ", file=sys.stderr)
        tables[name] = read(name)
        before = bytes(output)
        output.clear()
        write(tables[name], tables.get(base))
        row = bytes(output)
        output[:] = before
        number(len(row))
        output.extend(row)
    long_runs()
    with open(path, "wb") as file:
        file.write(len(output).to_bytes(4, "little") + zlib.compress(output, 9))


main(sys.argv[1])
