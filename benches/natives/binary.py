"""Bytes: packing, encoding, digests, compression: nanoseconds for each operation.

usage: INTERPRETER binary.py [NAME ...]
"""
import base64
import binascii
import bz2
import hashlib
import hmac
import lzma
import struct
import zlib

from measure import report

SHORT, LONG = b"some bytes to work on", bytes(range(256)) * 256
TEXT = b" ".join(b"word %d" % (i * i % 997) for i in range(5000))
RECORD = struct.Struct("<IHhq8sd")
PACKED = RECORD.pack(1, 2, -3, 4, b"eight by", 0.5)
MANY = PACKED * 100
ENCODED, ENCODED_SHORT = base64.b64encode(LONG), base64.b64encode(SHORT)
ZLIB, BZ2, LZMA = zlib.compress(TEXT), bz2.compress(TEXT), lzma.compress(TEXT)

report({
    "struct: pack": (1, lambda: RECORD.pack(1, 2, -3, 4, b"eight by", 0.5)),
    "struct: unpack": (1, lambda: RECORD.unpack(PACKED)),
    "struct: unpack by format": (1, lambda: struct.unpack("<IHh", PACKED[:8])),
    "struct: iterate": (100, lambda: list(RECORD.iter_unpack(MANY))),
    "base64: encode": (1, lambda: base64.b64encode(LONG)),
    "base64: decode": (1, lambda: base64.b64decode(ENCODED)),
    "base64: encode a short one": (1, lambda: base64.b64encode(SHORT)),
    "base64: decode a short one": (1, lambda: base64.b64decode(ENCODED_SHORT)),
    "base64: hexadecimal": (1, lambda: binascii.hexlify(LONG)),
    "base64: from hexadecimal": (1, lambda: bytes.fromhex("00112233445566778899aabbccddeeff")),
    "hashing: md5": (1, lambda: hashlib.md5(LONG).digest()),
    "hashing: sha1": (1, lambda: hashlib.sha1(LONG).digest()),
    "hashing: sha256": (1, lambda: hashlib.sha256(LONG).digest()),
    "hashing: sha512": (1, lambda: hashlib.sha512(LONG).digest()),
    "hashing: sha3": (1, lambda: hashlib.sha3_256(LONG).digest()),
    "hashing: blake2b": (1, lambda: hashlib.blake2b(LONG).digest()),
    "hashing: sha256 of a short one": (1, lambda: hashlib.sha256(SHORT).hexdigest()),
    "hashing: hmac": (1, lambda: hmac.digest(b"key", SHORT, "sha256")),
    "hashing: crc32": (1, lambda: zlib.crc32(LONG)),
    "hashing: adler32": (1, lambda: zlib.adler32(LONG)),
    "zlib: compress": (1, lambda: zlib.compress(TEXT)),
    "zlib: decompress": (1, lambda: zlib.decompress(ZLIB)),
    "zlib: a short one": (1, lambda: zlib.decompress(zlib.compress(SHORT))),
    "bz2: compress": (1, lambda: bz2.compress(TEXT)),
    "bz2: decompress": (1, lambda: bz2.decompress(BZ2)),
    "lzma: decompress": (1, lambda: lzma.decompress(LZMA)),
})
