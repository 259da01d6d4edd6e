# Conversions between built-in types, ascii, format.
print(ascii("é😀a"), format(255, "08b"), format("x", "^5"), list("ab"), tuple({1: 2}), dict([["a", 1]]), set("aa"), frozenset([3]), str(b"a"), str(b"caf\xc3\xa9", "utf-8"), bytes([1, 2]))
print(list(range(3)), tuple(x for x in range(3)), dict(a=1, **{"b": 2}), list({"x": 1}.items()), str(1.0), str(None), repr("a\nb"), int.from_bytes(b"\x01\x00", "big"))
total = 0
for i in range(600):
    total += len(list(range(i % 9))) + len(tuple(str(i))) + len(set(str(i))) + len(dict(zip(str(i), range(9)))) + int(str(i)) + len(repr(i / 4))
print(total)
print([callable(x) for x in (print, int, 5, lambda: 0)], object() != object(), type(object()).__name__, __name__, __debug__)
