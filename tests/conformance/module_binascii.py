# Binary data as text and back: base64, hexadecimal digits, quoted-printable, uuencode; checksums.
import base64
import binascii
import pickle


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


class Index:
    def __index__(self):
        return -3


data = bytes(range(256)) * 3 + b"ab"
print(binascii.crc32(binascii.b2a_base64(data)), binascii.a2b_base64(binascii.b2a_base64(data)) == data)
for length in range(7):
    part = data[60 : 60 + length]
    text = binascii.b2a_base64(part, newline=False)
    print(text, binascii.a2b_base64(text) == part, binascii.b2a_uu(part), binascii.b2a_uu(part, backtick=True), binascii.hexlify(part, "-", 2))

# Hot: every function on changing data.
check = 0
for step in range(400):
    part = data[step : step + step % 46]
    check = binascii.crc32(binascii.b2a_base64(part), check)
    check = binascii.crc32(binascii.a2b_uu(binascii.b2a_uu(part)), check)
    check = binascii.crc32(binascii.a2b_qp(binascii.b2a_qp(part, step % 2, step % 3, step % 5)), check)
    check = binascii.crc32(binascii.hexlify(part, ":", step % 9 - 4), check) ^ binascii.crc_hqx(part, step)
    check ^= len(binascii.unhexlify(binascii.hexlify(part)))
print(check)

# Text in base64 that is not quite right.
samples = (
    b"", b"=", b"a", b"ab", b"abc", b"abcd", b"abcde", b"ab=", b"ab==", b"abc=", b"a===", b"ab==c", b"ab=c", b"ab=c=", b"abcd=",
    b"abcd====", b"ab\n==", b"a b c d", b"a=b=c=", b"====", b"ab=\n=", b"abcdab==", b"ab==abcd", b"abc=d", b"\xff\x00abcd", b"abc\x80d",
)
for sample in samples:
    for strict in (False, True):
        try:
            print(sample, strict, binascii.a2b_base64(sample, strict_mode=strict))
        except binascii.Error as error:
            print(sample, strict, error)
refused(binascii.a2b_base64, "YW I=")
refused(binascii.a2b_base64, "YWé=")
refused(binascii.a2b_base64, 5)
refused(binascii.a2b_base64, b"", True)
refused(binascii.b2a_base64, "text")
refused(binascii.b2a_base64, memoryview(b"abcd")[::2])
refused(binascii.a2b_base64, memoryview(b"abcd")[::2])
print(binascii.a2b_base64(bytearray(b"YWI=")), binascii.b2a_base64(memoryview(b"ab")), binascii.b2a_base64(bytearray(b"")))

# Hexadecimal digits.
for arguments in (
    (b"abc", ":"), (b"abcde", b"-", 2), (b"abcde", "-", -2), (b"abcde", "-", 0), (b"abcde", "-", 5), (b"abcde", "-", 99), (b"", ":"),
    (b"abc", ""), (b"abc", "ab"), (b"abc", "\u20ac"), (b"abc", "\xe9"), (b"abc", b"\xff"), (b"abc", 1), (b"abc", None), (b"abc", [1]),
    (b"abc", bytearray(b":")), (b"abc", ":", 2**40), (b"abc", ":", "a"), ("abc",), (b"abc", ":", -(2**31)),
):
    refused(binascii.hexlify, *arguments)
print(binascii.b2a_hex(data=b"abc", bytes_per_sep=2), binascii.hexlify(b"abcd", sep="_", bytes_per_sep=3))
for text in (b"61fF", "aAbB", "abc", "zz", "6g", "é", 3, b"", " 61"):
    refused(binascii.unhexlify, text)

# uuencode.
for line in (b"", b" ", b"!", b"!80  \n", b"#86)C\n", b"#86)C garbage", b"!~~~~", b"#86\n", b"#86)C```  \r\n", b"`\n", b"\x80abcd"):
    refused(binascii.a2b_uu, line)
refused(binascii.b2a_uu, b"x" * 46)
refused(binascii.b2a_uu, b"", True)
print(binascii.b2a_uu(b"x" * 45))

# Quoted-printable.
for text in (b"=", b"a=", b"a=4", b"a=41=4a=g0", b"a==b", b"=\r\nnext", b"=\nnext", b"=\rlost", b"a_b", b"=3D=\n=\n", b"== =\r"):
    print(text, binascii.a2b_qp(text), binascii.a2b_qp(text, header=True))
for text in (
    b"", b"a b\t", b"a \nb\t\n", b"a\r\nb\n", b"a\nb\r\n", b".", b".\n", b"a.\n", b"..", b"=", b"_x", b"\x7f\xff\0", b"x" * 80,
    b"x" * 75 + b"\n", b"x" * 76 + b"\n", b"\xff" * 30, b"x " * 40, b"\ra", b"tab\there", b"x" * 74 + b"=" * 3,
):
    print(
        binascii.b2a_qp(text), binascii.b2a_qp(text, quotetabs=True), binascii.b2a_qp(text, istext=False), binascii.b2a_qp(text, header=True)
    )
refused(binascii.b2a_qp, "text")
refused(binascii.a2b_qp, "é")

# Checksums.
for arguments in ((b"",), (b"abc",), (b"abc", 1), (b"abc", -1), (b"abc", 2**40 + 7), (b"", Index()), (b"", -(2**70) + 1), (b"a", 1.0), ("a",)):
    refused(binascii.crc32, *arguments)
for arguments in ((b"abc",), (b"abc", 0), (b"abc", -1), (b"", 0x12345678), (b"abc", "a")):
    refused(binascii.crc_hqx, *arguments)
large = bytes(100000)
print(binascii.crc32(large), binascii.crc32(bytearray(large), 5), binascii.crc_hqx(large, 1))

print(binascii.Error.__mro__[1:3], binascii.Incomplete.__mro__[1:2], repr(pickle.loads(pickle.dumps(binascii.Error("text")))))
print(binascii.a2b_base64.__text_signature__, binascii.b2a_qp.__text_signature__, binascii.crc32.__text_signature__)

# The module over it.
print(base64.b64encode(b"\xfb\xff"), base64.urlsafe_b64decode("-_8="), base64.b32encode(b"abc"), base64.b85encode(b"abcd"))
refused(base64.b64decode, b"ab$d", validate=True)
# modes: native
