# Encodings of East Asia: every character and code of each, errors and their handlers.
# modes: native
import codecs
import zlib

NAMES = """gb2312 gbk gb18030 hz big5 big5hkscs cp950 cp932 euc_jp euc_jis_2004 euc_jisx0213 shift_jis shift_jis_2004
shift_jisx0213 cp949 euc_kr johab iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_3 iso2022_jp_2004 iso2022_jp_ext
iso2022_kr""".split()

points = "".join(map(chr, [*range(0x3400), *range(0x4E00, 0xA000, 3), *range(0xAC00, 0xB000), *range(0xF900, 0x10000),
                           *range(0x20000, 0x20800), *range(0x2F800, 0x2FA20)]))
pairs = b"".join(bytes([first, second]) for first in range(0x80, 0x100) for second in (*range(0x30, 0x80, 7), *range(0x80, 0x100, 3)))
for name in NAMES:
    encoded = points.encode(name, "ignore")
    decoded = pairs.decode(name, "replace")
    print(name, len(encoded), zlib.crc32(encoded), len(decoded), zlib.crc32(decoded.encode()))
    print(encoded.decode(name, "ignore").encode(name, "ignore") == encoded)


def show(function, *arguments):
    try:
        print(ascii(function(*arguments)))
    except Exception as error:
        print(type(error).__name__, ascii(str(error)))


def backwards(error):
    if error.start < 2 or error.end == len(error.object):
        return "[?]", error.end
    return (b"<>" if isinstance(error, UnicodeEncodeError) else "<>"), -1


codecs.register_error("backwards", backwards)
codecs.register_error("wrong", lambda error: (1, 2))
codecs.register_error("far", lambda error: ("", 100))
for name in NAMES:
    show("\u3042\ud800x".encode, name)
    show("\u3042\ud800x\ue123".encode, name, "replace")
    show("\u4e00\u20ac\u0e01\u0e02!".encode, name, "xmlcharrefreplace")
    show("a\u0e01b\u0e02!".encode, name, "backwards")
    show(b"ab\xff\xff\x1b".decode, name)
    show(b"\x81\x30\x81\xff\x1b$xyz".decode, name, "replace")
    show(b"\xa4".decode, name, "backslashreplace")
    show(b"\xff!abc\xff".decode, name, "backwards")
    show("\u0e01".encode, name, "wrong")
    show("\u0e01".encode, name, "far")
    show(b"\xff\xff".decode, name, "wrong")
    show(b"\xff\xff".decode, name, "far")
    show("\u0e01".encode, name, "nobody")
# A character that the one behind it may join.
for name in "euc_jis_2004", "shift_jisx0213", "iso2022_jp_3", "big5hkscs":
    show("\u304b\u309a\u304b\u02e9\u02e5\u02e9\u304b".encode, name, "ignore")
    show("\xca\u0304\xca\xea\u030c".encode, name, "ignore")
# Syllables that EUC-KR has no code for.
show("\uac02\ud7a3\uac00".encode, "euc_kr")
show(b"\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xd4".decode, "euc_kr")
show(b"\xa4\xd4\xa4\xa1\xa4\xbf\xa4".decode, "euc_kr")
show(b"\xa4\xd4\xa4\xa3\xa4\xbf\xa4\xd4".decode, "euc_kr")
# Single characters of another set, and escape sequences that are none.
show(b"\x1b.A\x1bNi\x1b.F\x1bNa\x1b$B$\"\x1b(Ja~\\".decode, "iso2022_jp_2")
show(b"\x1b[31m$\"\x1b$B$".decode, "iso2022_jp")
show(b"\x1b&@\x1b$B$\"".decode, "iso2022_jp")
