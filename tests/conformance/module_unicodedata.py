# The module unicodedata: samples, errors, and checksums over a part of all code points.
import unicodedata
from unicodedata import ucd_3_2_0

NAMES = "category bidirectional combining east_asian_width mirrored decomposition".split()
VALUES = "decimal digit numeric".split()
FORMS = "NFC NFKC NFD NFKD".split()


def attempt(function, *arguments):
    try:
        return repr(function(*arguments))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print(unicodedata.unidata_version, ucd_3_2_0.unidata_version, type(ucd_3_2_0))

for character in "A a 1 ² ½ é ﬁ 한 한 億 ( א ٣ \x00 \ud800 \u0378 \U0001f600".split(" "):
    print(ascii(character), [attempt(getattr(unicodedata, name), character) for name in NAMES])
    print("  ", [attempt(getattr(unicodedata, name), character, None) for name in VALUES + ["name"]])
    print("  ", [attempt(getattr(ucd_3_2_0, name), character) for name in NAMES])
    print("  ", [ascii(unicodedata.normalize(form, character)) for form in FORMS])

for name in VALUES + ["name"]:
    print(attempt(getattr(unicodedata, name), "\ue000"), attempt(getattr(ucd_3_2_0, name), "\ue000"))

for name in (
    "SNOWMAN", "snowman", b"SNOWMAN", "LATIN SMALL LETTER GHA", "NULL", "KEYCAP NUMBER SIGN", "HANGUL SYLLABLE GAG",
    "CJK UNIFIED IDEOGRAPH-4E00", "CJK UNIFIED IDEOGRAPH-04E00", "TANGUT IDEOGRAPH-17000", "", "nothing", "é",
    "x" * 256, "x" * 257, 1, bytearray(b"SNOWMAN"), "\ud800",
):
    print(ascii(attempt(unicodedata.lookup, name))[:100], ascii(attempt(ucd_3_2_0.lookup, name))[:100])

print(attempt(unicodedata.category), attempt(unicodedata.category, "ab"), attempt(unicodedata.category, 1))
print(attempt(unicodedata.name, ""), attempt(unicodedata.name, "a", 1, 2), attempt(unicodedata.UCD))
print(attempt(unicodedata.normalize, "NFX", "a"), attempt(unicodedata.normalize, "NFX", ""))
print(attempt(unicodedata.normalize, 1, ""), attempt(unicodedata.normalize, "NFC", 1))
print(attempt(unicodedata.is_normalized, "NFX", "a"), attempt(unicodedata.is_normalized, "NFX", ""))


class Text(str):
    pass


for text in ("plain", "e\u0301", "\u00e9", "a\u0301\u0323", "a\u0323\u0301", "\u1100\u1161\u11a8", "\uac00\u11a8", "\u212b",
             "\u0344", "\u0f73\u0f71", "\ufb2c", "\U0001d15e", "\u1100\u0300\u1161", "\U0002f868"):
    for form in FORMS:
        normal = unicodedata.normalize(form, Text(text))
        print(type(normal).__name__, ascii(normal), ascii(ucd_3_2_0.normalize(form, text)), end=" ")
        print(unicodedata.is_normalized(form, text), ucd_3_2_0.is_normalized(form, text))
same = "\u00e9t\u00e9"
print(unicodedata.normalize("NFC", same) is same, ucd_3_2_0.normalize("NFC", same) is same)


def checksum(functions):
    total = 0
    for function in functions:
        for code in range(0, 0x110000, 997):
            for byte in ascii(function(chr(code))).encode():
                total = (total * 31 + byte) % 0xFFFFFFFB
    return hex(total)


for data in (unicodedata, ucd_3_2_0):
    print(checksum(getattr(data, name) for name in NAMES))
    print(checksum((lambda character, name=name: getattr(data, name)(character, None)) for name in VALUES + ["name"]))
    print(checksum((lambda character, form=form: data.normalize(form, character)) for form in FORMS))
# modes: native
