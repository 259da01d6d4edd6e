# lzma: formats, checks, filters, limits, what is left over, and what is refused.
import _lzma
import io
import lzma
import pickle
import random


def refused(action, *arguments, **keywords):
    try:
        print(action(*arguments, **keywords))
    except Exception as error:
        print(type(error).__name__, error)


def made(action, *arguments, **keywords):
    try:
        print(type(action(*arguments, **keywords)).__name__)
    except Exception as error:
        print(type(error).__name__, error)


generator = random.Random(5)
data = b" ".join(generator.choice([b"spam", b"eggs", b"ham"]) for _ in range(3000))
LZMA2 = [{"id": lzma.FILTER_LZMA2, "preset": 3}]
DELTA = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "dict_size": 4096, "lc": 2, "lp": 1, "pb": 1}]
BRANCHES = [{"id": lzma.FILTER_X86, "start_offset": 16}, {"id": lzma.FILTER_LZMA2, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3, "nice_len": 60, "depth": 5}]

for keywords in (
    {}, {"preset": 0}, {"preset": 2 | lzma.PRESET_EXTREME}, {"check": lzma.CHECK_NONE}, {"check": lzma.CHECK_CRC32}, {"check": lzma.CHECK_SHA256},
    {"filters": LZMA2}, {"filters": DELTA}, {"filters": BRANCHES}, {"filters": tuple(LZMA2)}, {"format": lzma.FORMAT_ALONE},
    {"format": lzma.FORMAT_ALONE, "filters": [{"id": lzma.FILTER_LZMA1}]},
):
    packer = _lzma.LZMACompressor(**keywords)
    packed = b"".join(packer.compress(data[start : start + 997]) for start in range(0, len(data), 997)) + packer.flush()
    unpacker = _lzma.LZMADecompressor()
    out, check = unpacker.decompress(packed[:20]), unpacker.check
    for start in range(20, len(packed), 50):
        out += unpacker.decompress(packed[start : start + 50])
    print(len(packed), out == data, check, unpacker.check, unpacker.eof, unpacker.needs_input, unpacker.unused_data)
for filters in (LZMA2, DELTA, BRANCHES, [{"id": lzma.FILTER_LZMA1, "preset": 1}]):
    packer = _lzma.LZMACompressor(lzma.FORMAT_RAW, filters=filters)
    packed = packer.compress(data) + packer.flush()
    unpacker = _lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    print(len(packed), unpacker.check, unpacker.decompress(packed) == data)

packed = lzma.compress(data)
unpacker = _lzma.LZMADecompressor()
print(unpacker.eof, unpacker.needs_input, unpacker.unused_data, unpacker.check)
out = unpacker.decompress(packed + b"rest", max_length=10)
print(out, unpacker.eof, unpacker.needs_input, unpacker.decompress(b"", 0))
while not unpacker.eof:
    out += unpacker.decompress(b"", 1000)
print(out == data, unpacker.unused_data, unpacker.needs_input)
refused(unpacker.decompress, b"")
refused(setattr, unpacker, "check", 1)
refused(pickle.dumps, unpacker)
packer = _lzma.LZMACompressor()
packer.flush()
refused(packer.flush)
refused(packer.compress, b"")
refused(packer.compress, "text")

unpacker = _lzma.LZMADecompressor()
refused(unpacker.decompress, b"garbage and more garbage")
refused(unpacker.decompress, packed)
refused(_lzma.LZMADecompressor(memlimit=1000).decompress, packed)
refused(_lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress, packed)
refused(_lzma.LZMADecompressor().decompress, packed[:-5] + b"wrong")
refused(lzma.decompress, packed[:-5])

made(_lzma.LZMACompressor, 9)
for keywords in (
    {"check": 5}, {"check": 100}, {"preset": 99}, {"preset": -1}, {"preset": "a"}, {"preset": 2**40}, {"preset": 1, "filters": LZMA2},
    {"format": lzma.FORMAT_RAW}, {"format": lzma.FORMAT_RAW, "check": 1}, {"format": lzma.FORMAT_ALONE, "check": 1},
    {"format": lzma.FORMAT_ALONE, "filters": LZMA2}, {"format": lzma.FORMAT_ALONE, "preset": 99}, {"format": "a"},
    {"filters": []}, {"filters": [{"id": 3}] * 5}, {"filters": [{"id": 3}]}, {"filters": 5}, {"filters": [1]}, {"filters": [{}]},
    {"filters": [{"id": 98}]}, {"filters": [{"id": "a"}]}, {"filters": [{"id": -1}]}, {"filters": [{"id": 2**70}]},
    {"filters": [{"id": lzma.FILTER_LZMA2, "other": 1}]}, {"filters": [{"id": lzma.FILTER_LZMA2, "preset": 99}]},
    {"filters": [{"id": lzma.FILTER_LZMA2, "preset": None}]}, {"filters": [{"id": lzma.FILTER_LZMA2, "dict_size": "a"}]},
    {"filters": [{"id": lzma.FILTER_LZMA2, "dict_size": 2**40}]}, {"filters": [{"id": lzma.FILTER_LZMA2, "lc": 9}]},
    {"filters": [{"id": lzma.FILTER_LZMA2, "mode": 77}]}, {"filters": [{1: 2, "id": lzma.FILTER_LZMA2}]},
    {"filters": [{"id": 3, "dist": 300}, *LZMA2]}, {"filters": [{"id": 3, "other": 1}, *LZMA2]}, {"filters": [{"id": 4, "other": 1}, *LZMA2]},
    {"filters": [{"id": lzma.FILTER_LZMA1}]},
):
    made(_lzma.LZMACompressor, **keywords)
for keywords in (
    {"format": 9}, {"memlimit": -1}, {"memlimit": "a"}, {"memlimit": 2**70}, {"format": lzma.FORMAT_RAW}, {"filters": LZMA2},
    {"format": lzma.FORMAT_RAW, "memlimit": 3, "filters": LZMA2}, {"format": lzma.FORMAT_RAW, "filters": []}, {"format": "a"},
):
    made(_lzma.LZMADecompressor, **keywords)
made(_lzma.LZMACompressor, 1, 2, 3, 4, 5)
made(_lzma.LZMADecompressor, 1, 2, 3, 4)

for specifier in (
    *LZMA2, *DELTA, *BRANCHES, {"id": lzma.FILTER_LZMA1, "lc": 0, "lp": 2}, {"id": lzma.FILTER_LZMA1, "lc": 99}, {"id": 4}, 5, {"id": 98},
):
    try:
        encoded = _lzma._encode_filter_properties(specifier)
        print(encoded, _lzma._decode_filter_properties(specifier["id"], encoded))
    except Exception as error:
        print(type(error).__name__, error)
for arguments in ((98, b""), (3, b""), (-1, b""), ("a", b""), (2**70, b""), (3, "a"), (lzma.FILTER_LZMA1, b"\xff" * 5)):
    refused(_lzma._decode_filter_properties, *arguments)
print([lzma.is_check_supported(check) for check in (-1, 0, 1, 4, 5, 10, 15, 99)])
refused(lzma.is_check_supported, "a")
print(_lzma.LZMAError.__mro__[1].__name__, _lzma.LZMAError.__module__, _lzma.LZMADecompressor.decompress.__text_signature__)
print({name: getattr(_lzma, name) for name in sorted(dir(_lzma)) if name.isupper()})
with lzma.open(io.BytesIO(packed + lzma.compress(b"second")), "rb") as stream:
    print(stream.read(9), stream.seek(len(data) - 3), stream.read(5))
# modes: native
