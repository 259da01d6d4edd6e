# Building long strings: join of generators, lists of pieces, nested formats, reversed text.
def table(rows):
    lines = []
    for name, value in rows:
        lines.append(f"{name:<8}|{value:>8.2f}|" + "#" * (int(value) % 10))
    return "\n".join(lines)


print(table([("alpha", 1.5), ("beta", 22.123), ("γάμμα", 333)]))
text = ",".join(str(i * i) for i in range(500))
print(len(text), text[:30], text[-20:], text.count(","))
caesar = "".join(chr((ord(c) - 97 + 3) % 26 + 97) if c.isalpha() else c for c in "the quick brown fox " * 25)
print(caesar[:20], len(caesar))
words = {}
for word in ("to be or not to be that is the question " * 30).split():
    words[word] = words.get(word, 0) + 1
print(words)


def encode(text):
    result = []
    previous, count = None, 0
    for character in text + "\0":
        if character == previous:
            count += 1
        else:
            if previous is not None:
                result.append(f"{count}{previous}")
            previous, count = character, 1
    return "".join(result)


print(encode("aaabccd" + "x" * 300), encode("".join("ab"[i // 7 % 2] for i in range(100))))
hexadecimal = ""
for i in range(300):
    hexadecimal = hexadecimal + "0123456789abcdef"[i * 7 & 15]
print(hexadecimal[:16], len(hexadecimal), hexadecimal[::-1][:5])
palindromes = [n for n in range(2000) if str(n) == str(n)[::-1]]
print(len(palindromes), palindromes[-3:])
