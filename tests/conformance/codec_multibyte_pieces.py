# Encodings of East Asia piece by piece: incremental codecs with their states, and codecs over streams.
# modes: native
import _codecs_jp
import _multibytecodec
import codecs
import io


def show(function, *arguments, **keywords):
    try:
        print(ascii(function(*arguments, **keywords)))
    except Exception as error:
        print(type(error).__name__, ascii(str(error)))


text = "ab\u3042\u304b\u309a~\n\u304bz\u4e00"
for name in "euc_jis_2004", "shift_jisx0213", "iso2022_jp_3", "hz", "gb18030", "iso2022_kr", "cp932":
    encoder = codecs.getincrementalencoder(name)("replace")
    pieces = []
    for letter in text:
        pieces.append(encoder.encode(letter))
        state = encoder.getstate()
        encoder.reset()
        encoder.setstate(state)
        pieces.append(state)
    pieces.append(encoder.encode("", True))
    print(name, pieces)
    data = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    decoder = codecs.getincrementaldecoder(name)()
    pieces = []
    for byte in data:
        pieces.append(decoder.decode(bytes([byte])))
        state = decoder.getstate()
        decoder.reset()
        decoder.setstate(state)
        pieces.append(state)
    print(name, ascii(pieces))
    for size in None, 1, 3:
        reader = codecs.getreader(name)(io.BytesIO(data))
        print(ascii([reader.read(size), reader.readline(size), reader.readlines(size), reader.read(0)]))
    stream = io.BytesIO()
    writer = codecs.getwriter(name)(stream, "ignore")
    writer.write("\u304b")
    writer.writelines([text, 5, "\u304b"])
    writer.reset()
    print(stream.getvalue())

codec = _codecs_jp.getcodec("cp932")
print(type(codec))


class Encoder(_multibytecodec.MultibyteIncrementalEncoder):
    codec = codec


class Decoder(_multibytecodec.MultibyteIncrementalDecoder):
    codec = codec


class Wrong(_multibytecodec.MultibyteIncrementalEncoder):
    codec = 3


class Reader(_multibytecodec.MultibyteStreamReader):
    codec = codec


encoder, decoder = Encoder(), Decoder("nobody")
show(Wrong)
show(_multibytecodec.MultibyteIncrementalDecoder)
show(Encoder, 1)
show(Encoder, "a\0b")
show(Reader)
show(Reader(io.StringIO("abc")).read)
show(Reader(3).read, "all")
show(_codecs_jp.getcodec, 1)
show(_codecs_jp.getcodec, "gbk")
show(setattr, encoder, "errors", 1)
show(delattr, encoder, "errors")
encoder.errors = "ignore"
print(encoder.errors, decoder.errors)
for state in -1, 1 << 200, 20, "a", 0xFF02, 0x0141:
    show(encoder.setstate, state)
    show(encoder.getstate)
for state in 1, (1, 2), (b"x" * 9, 2), (b"", -1), (b"",), (b"\x82", 0):
    show(decoder.setstate, state)
show(decoder.decode, b"\xa0")
show(decoder.decode, b"\x81", True)
show(decoder.getstate)
show(codec.encode, 35)
show(codec.encode, "\u3042")
show(codec.decode, b"\x82\xa0", errors="strict")
show(codec.decode, "a")
