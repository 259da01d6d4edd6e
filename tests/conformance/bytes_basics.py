# bytes: literals, indexing, slicing, methods, immutability.
data = b"hello\x00\xff\n"
print(data, len(data), data[0], data[-2], data[1:4], data[::-1], list(data[:3]), b"'" + b'"', bytes([65, 66]), bytes(3), bytes())
print(b"a,b,c".split(b","), b"-".join([b"x", b"y"]), b"abc".find(b"c"), b"abc".upper(), b" a ".strip(), 97 in b"abc", b"bc" in b"abc")
print(b"abc".hex(), b"\x01\xab".hex(":"), bytes.fromhex("01 ab"), b"abc" < b"abd", b"a" * 3, b"%d-%s" % (5, b"x"), b"abc".replace(b"b", b"ZZ"))
print(bytes("é", "utf-8"), "é".encode("latin-1"), b"abc".decode(), b"abc" == "abc", hash(b"abc") == hash(bytes([97, 98, 99])))
checksum = 0
for i in range(1000):
    block = bytes([i & 255, (i * 7) & 255, (i >> 3) & 255])
    for byte in block:
        checksum = (checksum * 33 ^ byte) & 0xFFFFFFFF
    checksum += len(block + b"xy")
print(checksum)
for make in (lambda: bytes([256]), lambda: bytes([-1]), lambda: b"abc"[5], lambda: b"a" + "a", lambda: bytes("é"),
             lambda: bytes(-1), lambda: b"abc".index(b"z"), lambda: bytes.fromhex("0g"), lambda: bytes(["a"])):
    try:
        make()
    except (ValueError, IndexError, TypeError) as error:
        print(type(error).__name__, error)
