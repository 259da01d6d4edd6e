# Iteration over strings of every width, with enumerate, zip, reversed and membership.
def digest(text):
    value = 7
    for character in text:
        value = (value * 31 + ord(character)) & 0xFFFFFFFF
    return value


print(digest("hello"), digest("héllo"), digest("βeta" * 50), digest("😀" * 100), digest(""), digest("x" * 1000))
counts = {}
for character in "the quick brown fox jumps over the lazy dog" * 20:
    if character in "aeiou":
        counts[character] = counts.get(character, 0) + 1
print(counts)
print(list("aé😀"), list(enumerate("ab", 1)), list(zip("abc", "xy")), "".join(reversed("abc😀")), [*"hi"], tuple("ab"))
vowels = 0
for i, character in enumerate("sidewinder" * 60):
    if character in "aeiou" and i % 3:
        vowels += 1
print(vowels, sorted("banana"), set("aaa"), max("hello"), "b" in "abc", "abcd"[1:3] in "xbcx")
iterator = iter("ab")
print(next(iterator), next(iterator), next(iterator, "end"), type(iterator).__name__)
