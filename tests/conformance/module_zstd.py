# compression.zstd: compressing and decompressing at once and piece by piece, dictionaries, parameters, and what is refused.
import io
from compression import zstd


def attempt(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)


data = bytes(range(256)) * 40 + b"some words that come again and again " * 100
for level in (-5, 1, 3, 12, 22):
    print(level, zstd.decompress(zstd.compress(data, level)) == data)

# Piece by piece.
compressor = zstd.ZstdCompressor(level=5)
pieces = [compressor.compress(data[start : start + 700]) for start in range(0, len(data), 700)]
print(compressor.last_mode, compressor.CONTINUE, compressor.FLUSH_BLOCK, compressor.FLUSH_FRAME)
pieces.append(compressor.flush(compressor.FLUSH_BLOCK))
print(compressor.last_mode, zstd.ZstdDecompressor().decompress(b"".join(pieces)) == data)
pieces.append(compressor.flush())
packed = b"".join(pieces)
print(compressor.last_mode, zstd.get_frame_size(packed) == len(packed), zstd.get_frame_info(packed))

decompressor = zstd.ZstdDecompressor()
found = []
for start in range(0, len(packed), 50):
    found.append(decompressor.decompress(packed[start : start + 50]))
print(b"".join(found) == data, decompressor.eof, decompressor.needs_input, decompressor.unused_data)
attempt(lambda: decompressor.decompress(b"more"))

decompressor = zstd.ZstdDecompressor()
found = [decompressor.decompress(packed + b"the rest", 1000)]
while not decompressor.eof:
    found.append(decompressor.decompress(b"", 1000))
print(b"".join(found) == data, max(map(len, found)), decompressor.unused_data, decompressor.needs_input)
skippable = b"\x50\x2a\x4d\x18\x04\x00\x00\x00skip"
decompressor = zstd.ZstdDecompressor()
print(decompressor.decompress(skippable, 0), decompressor.eof, decompressor.unused_data)
print(zstd.decompress(skippable + packed + zstd.compress(b"second")) == data + b"second")

# Sizes that are pledged.
compressor = zstd.ZstdCompressor()
compressor.set_pledged_input_size(6)
print(zstd.get_frame_info(compressor.compress(b"pledge") + compressor.flush()))
compressor.set_pledged_input_size(5)
attempt(lambda: compressor.compress(b"too much", compressor.FLUSH_FRAME))
for size in (-1, 2**64, "5"):
    attempt(lambda: compressor.set_pledged_input_size(size))
compressor.compress(b"x")
attempt(lambda: compressor.set_pledged_input_size(None))

# Parameters.
Parameter, Strategy = zstd.CompressionParameter, zstd.Strategy
options = {Parameter.compression_level: 7, Parameter.checksum_flag: 1, Parameter.strategy: Strategy.btopt, Parameter.nb_workers: 2}
print(zstd.decompress(zstd.compress(data * 50, options=options)) == data * 50)
print([(parameter.name, parameter.value, parameter.bounds()) for parameter in Parameter][:6], zstd.DecompressionParameter.window_log_max.bounds())
attempt(lambda: zstd.compress(data, options={Parameter.window_log: 100}))
attempt(lambda: zstd.compress(data, options={zstd.DecompressionParameter.window_log_max: 20}))
attempt(lambda: zstd.decompress(packed, options={Parameter.window_log: 20}))
attempt(lambda: zstd.decompress(packed, options={zstd.DecompressionParameter.window_log_max: 99}))
attempt(lambda: zstd.compress(data, options={1234: 1}))
attempt(lambda: zstd.compress(data, options={"level": 1}))
attempt(lambda: zstd.compress(data, options=[1]))
attempt(lambda: zstd.compress(data, 100))
attempt(lambda: zstd.compress(data, 1.5))
attempt(lambda: zstd.compress(data, 3, {}))
attempt(lambda: zstd.compress("text"))
attempt(lambda: zstd.ZstdCompressor().compress(b"", 7))
attempt(lambda: zstd.ZstdCompressor().flush(0))

# Dictionaries.
raw = zstd.ZstdDict(data[:1000], is_raw=True)
print(raw, len(raw), raw.dict_id, raw.dict_content == data[:1000])
for use in (raw, raw.as_digested_dict, raw.as_undigested_dict, raw.as_prefix):
    small = zstd.compress(data[300:600], zstd_dict=use)
    print(len(small) < 40, zstd.decompress(small, zstd_dict=use) == data[300:600])
samples = [b"sample number %d of some text" % number for number in range(3000)]
trained = zstd.train_dict(samples, 4000)
final = zstd.finalize_dict(trained, samples, 8000, 3)
print(len(trained) <= 4000, trained.dict_id > 0, final.dict_id > 0)
small = zstd.compress(samples[7], zstd_dict=final)
print(zstd.get_frame_info(small).dictionary_id == final.dict_id, zstd.decompress(small, final) == samples[7])
attempt(lambda: zstd.decompress(small))
attempt(lambda: zstd.ZstdDict(b"short"))
attempt(lambda: zstd.ZstdDict(b"no dictionary"))
attempt(lambda: zstd.compress(data, zstd_dict=(raw, 5)))
attempt(lambda: zstd.train_dict([], 10))
attempt(lambda: zstd.train_dict([b"x"], 0))

# Broken data, and files.
attempt(lambda: zstd.decompress(packed[:-10]))
attempt(lambda: zstd.decompress(b"no frame at all"))
attempt(lambda: zstd.get_frame_info(b"no frame at all"))
attempt(lambda: zstd.get_frame_size(b"no frame at all"))
stream = io.BytesIO()
with zstd.open(stream, "wt", encoding="utf-8") as file:
    for number in range(2000):
        print("line", number, file=file)
stream.seek(0)
with zstd.open(stream, "rt", encoding="utf-8") as file:
    lines = file.readlines()
print(len(lines), lines[-1])
stream.seek(0)
with zstd.ZstdFile(stream) as file:
    print(file.seek(-10, io.SEEK_END), file.read(), file.seek(5), file.read(9), file.tell())
# modes: native
