# find, index, count, startswith, replace and partition, with bounds.
text = "the cat and the other cat sat"
print(text.find("cat"), text.rfind("cat"), text.find("dog"), text.find("cat", 5), text.find("cat", 0, 6))
print(text.index("and"), text.count("the"), text.count(""), text.count("t", -5), "".find(""), "ab".find("", 3))
print(text.startswith("the"), text.startswith(("x", "th")), text.startswith("cat", 4), text.endswith("sat", -3))
print(text.replace("cat", "dog"), text.replace("cat", "dog", 1), "aaa".replace("", "-"), "aaa".replace("a", "", 2))
print(text.partition(" and "), text.rpartition("cat"), "abc".partition("x"), "abc".rpartition("x"))
print("cat" in text, "dog" not in text, "" in "", text.find("é"), "naïve é😀".find("😀"), "aXbXc".rindex("X"))
total = 0
for i in range(800):
    total += text.find("cat", i % 25) + text.count("a", 0, i % 30)
    total += text.replace("t", "tt", i % 4).rfind("tt")
print(total)
print("prefix-body".removeprefix("prefix-"), "body.py".removesuffix(".py"), "x".removeprefix("y"))
for make in (lambda: text.index("dog"), lambda: "abc".rindex("z"), lambda: "abc".partition(""),
             lambda: "abc".find(3), lambda: 3 in "abc", lambda: "a".startswith(1)):
    try:
        make()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
