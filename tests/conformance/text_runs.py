"""What is done by runs of characters: CSV, hexadecimal digits, UTF-8, translations and titles, at the edges of runs."""
import binascii
import csv

ROWS = ['a,bc,,"d"', '"q""q",x', 'plain', ' lead, trail ,"a,b"', 'ä,€uro,x', '', '"two', 'lines",y', "a'b,c"]
print(list(csv.reader(ROWS)))
print(list(csv.reader(ROWS, skipinitialspace=True)))
print(list(csv.reader(["1,2.5,'x,y'", "7,'8',9"], quotechar="'", quoting=csv.QUOTE_NONNUMERIC)))
print(list(csv.reader(["a|b\\|c|d", "e\\", "f|g"], delimiter="|", escapechar="\\", quoting=csv.QUOTE_NONE)))
old = csv.field_size_limit(5)
for line in ("12345,x", "123456,x", "x,123456", '"1234""5",x', '"1234""56"'):
    try:
        print(list(csv.reader([line])))
    except csv.Error as error:
        print(line, error)
csv.field_size_limit(old)
for bad in (["a\rb"], ["a\nb"], ['"a"b,c'], ['"a']):
    try:
        print(list(csv.reader(bad, strict=True)))
    except csv.Error as error:
        print(bad, error)

data = bytes(range(256))
for size in (0, 1, 2, 7, 16, 33, 256):
    print(size, data[:size].hex()[-20:], bytes.fromhex(data[:size].hex()) == data[:size], binascii.hexlify(data[-size:])[-8:])
print(b"abcde".hex("-"), b"abcde".hex("-", 2), b"abcde".hex("-", -2), b"abcde".hex("-", 100), b"abcde".hex(":", 0))
for text in (" ab CD\n", "a b", "ag", "abc", "aé"):
    try:
        print(bytes.fromhex(text))
    except ValueError as error:
        print(repr(text), error)

for text in ("a" * 40, "a" * 15 + "é" + "b" * 20, "é" * 17, "x" * 31 + "€", "𝄞" * 5 + "a" * 16, "a" * 16 + "\ud800" + "b"):
    for errors in ("strict", "replace", "surrogatepass", "backslashreplace"):
        try:
            encoded = text.encode("utf-8", errors)
            print(len(encoded), encoded[-12:], encoded.decode("utf-8", "surrogatepass") == text)
        except UnicodeEncodeError as error:
            print(error)
TABLES = [str.maketrans("ab", "xy"), str.maketrans("ab", "x€"), str.maketrans("a", "b", "c"), {97: "long", 98: None}, {97: 255}]
for table in TABLES:
    print(["abcabc".translate(table), "zzz".translate(table), "zac".translate(table), "aäb".translate(table)])
print(["hello wORLD it's 3rd x-y_z".title(), "".title(), "ÄB cD".title()])
print(["aXbXcX".count("X"), "XX".count("X", 1), "aaa".count("aa"), b"\0\0".count(0)])
