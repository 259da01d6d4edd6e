# One-, two- and four-byte strings: comparison, concatenation, escapes, encodings.
latin, greek, emoji = "café", "αβγ", "😀😁"
print(len(latin), len(greek), len(emoji), latin + greek + emoji, [hex(ord(c)) for c in latin[-1] + greek[0] + emoji[0]])
print(ascii(latin), ascii(greek), ascii(emoji), repr("\x00\x7f\x80\xad\ud800\t\n\\'"), repr('it\'s "x"'), repr("it's"))
print(latin < greek < emoji, "a" < "é" < "😀", "Z" < "a", "abc" < "abd", "ab" < "abc", "" < "a", max("aβ😀"))
print("\u0041\x42\103\N{GREEK SMALL LETTER ALPHA}\U0001F600", len("e\u0301"), "é" == "e\u0301")
for encoding in ("utf-8", "latin-1", "ascii", "utf-16-le"):
    for text in ("abc", latin, greek):
        try:
            data = text.encode(encoding)
            print(encoding, data, data.decode(encoding) == text)
        except UnicodeEncodeError as error:
            print(error)
print(emoji.encode(), greek.encode("ascii", "replace"), greek.encode("ascii", "ignore"), latin.encode("ascii", "backslashreplace"))
for data in (b"\xff", b"a\xc3", b"\xe2\x82", b"ok\x80"):
    try:
        data.decode()
    except UnicodeDecodeError as error:
        print(error)
print(b"a\xffb".decode("utf-8", "replace"), b"a\xffb".decode("latin-1"), b"a\xffb".decode("utf-8", "ignore"))
pool = "aé" + "β" + "😀"
built = ""
for i in range(600):
    built = built[-20:] + pool[i % 4] * (i % 3)
print(len(built), ascii(built), built.count("é"))
