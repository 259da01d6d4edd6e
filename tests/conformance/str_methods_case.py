# Case methods, also where a character changes length.
words = ["hello World", "STRASSE", "straße", "ǆungla", "İstanbul", "ﬁnd", "", "a1b2", "it's"]
for word in words:
    print([word.upper(), word.lower(), word.title(), word.capitalize(), word.swapcase(), word.casefold()])
    print(word.isupper(), word.islower(), word.istitle(), word.isalpha(), word.isalnum(), word.isascii())
checksum = 0
for i in range(600):
    word = words[i % len(words)]
    word = word.upper() if i % 2 else word.title()
    checksum += len(word) * (1 + word.isupper())
print(checksum)
for text in ("12", "²", "½", "٣", "1.5", "abc_1", "1abc", " \t\n", "\x1c", ""):
    print(ascii(text), text.isdigit(), text.isdecimal(), text.isnumeric(), text.isidentifier(),
          text.isspace(), text.isprintable())
