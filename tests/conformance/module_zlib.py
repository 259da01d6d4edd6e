# zlib: all at once and piece by piece, headers, dictionaries, limits, what is left over, and what is refused.
import copy
import gzip
import io
import pickle
import random
import threading
import zlib


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


generator = random.Random(5)
data = b" ".join(generator.choice([b"spam", b"eggs", b"ham"]) for _ in range(3000))
noise = generator.randbytes(5000)
for source in (b"", b"a", data, noise):
    for level in (-1, 0, 1, 6, 9):
        for bits in (15, 9, -15, -9, 31):
            packed = zlib.compress(source, level, bits)
            assert zlib.decompress(packed, bits) == source
            assert len(packed) < len(source) * 9 / 8 + 100
    packed = zlib.compress(source)
    print(len(source), zlib.decompress(packed, 47) == source, zlib.decompress(packed + b"more", bufsize=1) == source, packed[:2])

# Hot: piece by piece.
pieces = [data[start : start + 37] for start in range(0, len(data), 37)]
for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED):
    packer = zlib.compressobj(6, zlib.DEFLATED, 15, 9, strategy)
    packed = b"".join(packer.compress(piece) for piece in pieces) + packer.flush()
    unpacker = zlib.decompressobj()
    out = b""
    for start in range(0, len(packed), 11):
        out += unpacker.decompress(packed[start : start + 11])
    print(out == data, unpacker.eof, unpacker.unused_data, unpacker.unconsumed_tail, unpacker.flush())

# Flushes of every kind.
for mode in (zlib.Z_NO_FLUSH, zlib.Z_PARTIAL_FLUSH, zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_BLOCK, zlib.Z_FINISH):
    packer, unpacker = zlib.compressobj(), zlib.decompressobj()
    first = packer.compress(data[:100]) + packer.flush(mode)
    print(mode, len(unpacker.decompress(first)), end=" ")
    if mode != zlib.Z_FINISH:
        print(unpacker.decompress(packer.compress(data[100:]) + packer.flush()) in data)
    else:
        print(unpacker.eof)
        refused(packer.flush)
        refused(packer.compress, b"a")
        refused(packer.copy)
refused(zlib.compressobj().flush, 99)
refused(zlib.compressobj().flush, "a")

# What is left over, with and without a limit.
packed = zlib.compress(data)
unpacker = zlib.decompressobj()
out = unpacker.decompress(packed, 10)
print(out, unpacker.eof, len(packed) > len(unpacker.unconsumed_tail) > 0)
while unpacker.unconsumed_tail:
    out += unpacker.decompress(unpacker.unconsumed_tail, max_length=1000)
print((out + unpacker.flush()) == data, unpacker.eof)
unpacker = zlib.decompressobj()
unpacker.decompress(packed, 10)
print(out[10:] == unpacker.flush(), unpacker.eof, unpacker.unconsumed_tail)
refused(unpacker.decompress, b"more")
refused(unpacker.copy)
unpacker = zlib.decompressobj()
print(unpacker.decompress(packed + b"rest") == data, unpacker.unused_data, unpacker.decompress(b" and more"), unpacker.unused_data)
print(unpacker.flush(), unpacker.unused_data, unpacker.eof)
refused(unpacker.flush, 0)
refused(unpacker.decompress, packed, -1)
refused(setattr, unpacker, "eof", 1)
refused(setattr, unpacker, "other", 1)
refused(pickle.dumps, unpacker)
unpacker = zlib.decompressobj()
refused(unpacker.decompress, b"garbage")
print(zlib.decompressobj().flush(), zlib.decompressobj().decompress(b""))

# Copies go on alone.
packer = zlib.compressobj()
start = packer.compress(data)
copies = [packer.copy(), copy.copy(packer), copy.deepcopy(packer)]
ends = [one.compress(b"end%d" % number) + one.flush() for number, one in enumerate([packer, *copies])]
print([zlib.decompress(start + end)[-6:] for end in ends])
unpacker = zlib.decompressobj()
unpacker.decompress(packed[:50])
copies = [unpacker.copy(), copy.copy(unpacker), copy.deepcopy(unpacker)]
print(len({one.decompress(packed[50:]) for one in [unpacker, *copies]}), copies[0].eof)

# Dictionaries.
words = b"spam eggs ham"
packer = zlib.compressobj(zdict=words)
with_dictionary = packer.compress(data) + packer.flush()
refused(zlib.decompress, with_dictionary)
refused(zlib.decompressobj().decompress, with_dictionary)
refused(zlib.decompressobj(zdict=b"wrong").decompress, with_dictionary)
print(zlib.decompressobj(zdict=words).decompress(with_dictionary) == data, zlib.decompressobj(zdict=bytearray(words)).copy().decompress(with_dictionary) == data)
packer = zlib.compressobj(wbits=-15, zdict=words)
raw = packer.compress(data) + packer.flush()
print(zlib.decompressobj(-15, words).decompress(raw) == data)

# What is refused.
for arguments in (("text",), (b"a", 10), (b"a", -2), (b"a", 1, 3), (b"a", 1, 2**40), (b"a", 1.0), ()):
    refused(zlib.compress, *arguments)
for arguments in (
    (packed[:-1],), (b"garbage",), (b"",), (packed, 15, -1), (packed, -15), (packed, 100), (packed, 31), (packed[:-1] + b"x",),
    (packed, -16), (packed, -(2**31)), ("text",), (packed, 15, 2**70),
):
    refused(zlib.decompress, *arguments)
for keywords in (
    {"level": 10}, {"method": 7}, {"memLevel": 10}, {"memLevel": 0}, {"strategy": 9}, {"wbits": -8}, {"wbits": 16}, {"wbits": 2**31 - 1},
    {"zdict": "text"}, {"zdict": None}, {"wbits": 31, "zdict": b"a"}, {"other": 1},
):
    refused(zlib.compressobj, **keywords)
for keywords in ({"wbits": 100}, {"wbits": -(2**31)}, {"zdict": "text"}, {"zdict": None}, {"other": 1}):
    refused(zlib.decompressobj, **keywords)
refused(zlib.compressobj, 1, 8, 15, 8, 0, b"", 7)
refused(type(zlib.compressobj()))

# What gzip decompresses with.
one = zlib._ZlibDecompressor()
print(one.eof, one.needs_input, one.unused_data)
out = one.decompress(packed, max_length=10)
print(out, one.eof, one.needs_input, one.unused_data, one.decompress(b"", 0))
while not one.eof:
    out += one.decompress(b"" if not one.needs_input else b"rest", 5000)
print(out == data, one.eof, one.needs_input, one.unused_data)
refused(one.decompress, b"")
refused(zlib._ZlibDecompressor().decompress, b"garbage")
refused(zlib._ZlibDecompressor, 100)
refused(zlib._ZlibDecompressor, -15, "text")
print(zlib._ZlibDecompressor(zdict="text").eof)
refused(zlib._ZlibDecompressor, 1, 2, 3)
refused(pickle.dumps, one)
one = zlib._ZlibDecompressor(-15, words)
print(one.decompress(raw + b"behind") == data, one.unused_data)
stream = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(data) + gzip.compress(noise)))
print(stream.read(5), stream.readline()[-4:] in data, stream.seek(len(data)), stream.read(100) == noise[:100])

# Checksums.
for arguments in ((b"",), (b"abc",), (b"abc", 1), (b"abc", -1), (b"abc", 2**40 + 7), (data, 0), ("a",), (b"a", 1.0)):
    refused(zlib.adler32, *arguments)
    refused(zlib.crc32, *arguments)

# Threads that share an object take turns.
shared = zlib.compressobj()
parts, block = [], bytes(20000)


def work():
    for _ in range(20):
        parts.append(len(shared.compress(block)))


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(parts), sum(parts) < 100000)

print(zlib.error.__mro__[1].__name__, zlib.error.__module__, zlib.__version__, zlib.ZLIB_VERSION == zlib.ZLIB_RUNTIME_VERSION)
print({name: getattr(zlib, name) for name in sorted(dir(zlib)) if name.startswith(("Z_", "DEF", "MAX"))})
# modes: native
