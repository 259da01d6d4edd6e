# Indexing and slicing of one-, two- and four-byte strings, with negative steps.
texts = ["abcdefg", "añbñcñd", "aβγδεζη", "a😀b😁c😂d"]
for text in texts:
    print(text[0], text[-1], text[2:5], text[:3], text[4:], text[::2], text[::-1], text[5:1:-2], text[10:], text[-3:])
checksum = 0
for i in range(800):
    text = texts[i & 3]
    checksum = (checksum * 7 + ord(text[i % 7])) % 1000003
    checksum += len(text[i % 5:i % 11])
    if text[i % 7:i % 7 + 1] != text[i % 7]:
        print("broken")
print(checksum)
print("abc"[1:1] == "", "abc"[-100:100], "abc"[True], len(texts[3]), texts[3][1:2].encode("utf-8"))
for make in (lambda: "abc"[3], lambda: "abc"[-4], lambda: ""[0], lambda: "abc".__getitem__("a"), lambda: texts[0][1.0],
             lambda: "abc"[::0], lambda: "abc"["a":]):
    try:
        make()
    except (IndexError, TypeError, ValueError) as error:
        print(type(error).__name__, error)
text = "abc"
try:
    text[0] = "x"
except TypeError as error:
    print(error)
