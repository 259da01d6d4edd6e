# bz2: all at once and piece by piece, limits, what is left over, and what is refused.
import _bz2
import bz2
import io
import pickle
import random


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


generator = random.Random(5)
data = b" ".join(generator.choice([b"spam", b"eggs", b"ham"]) for _ in range(3000))
noise = generator.randbytes(5000)
for source in (b"", b"a", data, noise):
    for level in (1, 9):
        packed = bz2.compress(source, level)
        print(len(source), len(packed), packed[:4], bz2.decompress(packed) == source, bz2.decompress(packed * 2) == source * 2)

packer, unpacker = _bz2.BZ2Compressor(), _bz2.BZ2Decompressor()
packed = b"".join(packer.compress(data[start : start + 37]) for start in range(0, len(data), 37)) + packer.flush()
refused(packer.flush)
refused(packer.compress, b"")
refused(packer.compress, "text")
refused(pickle.dumps, packer)
out = b""
for start in range(0, len(packed), 11):
    out += unpacker.decompress(packed[start : start + 11])
print(out == data, packed == bz2.compress(data), unpacker.eof, unpacker.needs_input, unpacker.unused_data)
refused(unpacker.decompress, b"")
refused(setattr, unpacker, "eof", 1)
refused(pickle.dumps, unpacker)

unpacker = _bz2.BZ2Decompressor()
print(unpacker.eof, unpacker.needs_input, unpacker.unused_data)
out = unpacker.decompress(packed + b"rest", max_length=10)
print(out, unpacker.eof, unpacker.needs_input)
while not unpacker.eof:
    out += unpacker.decompress(b"", 1000)
print(out == data, unpacker.unused_data, unpacker.needs_input)

unpacker = _bz2.BZ2Decompressor()
refused(unpacker.decompress, b"garbage")
refused(unpacker.decompress, packed)
refused(_bz2.BZ2Decompressor().decompress, packed[:50] + b"garbage" * 100)
refused(_bz2.BZ2Decompressor().decompress, "text")
refused(bz2.decompress, packed[:-5])
for arguments in ((0,), (10,), ("a",), (1, 2)):
    refused(_bz2.BZ2Compressor, *arguments)
refused(_bz2.BZ2Compressor, compresslevel=3)
refused(_bz2.BZ2Decompressor, 1)
refused(_bz2.BZ2Decompressor, a=1)
print(_bz2.BZ2Compressor.compress.__text_signature__, _bz2.BZ2Decompressor.decompress.__text_signature__)

with bz2.open(io.BytesIO(bz2.compress(data) + bz2.compress(noise)), "rb") as stream:
    print(stream.read(9), stream.seek(len(data) - 3), stream.read(10) == data[-3:] + noise[:7], len(stream.read()))
# modes: native
