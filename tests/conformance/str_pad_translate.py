# center, ljust, rjust, zfill, expandtabs, translate, maketrans.
print(["ab".center(7, "*"), "abc".center(6), "ab".ljust(5, "."), "ab".rjust(5), "ab".zfill(5), "-5".zfill(5), "+5".zfill(4)])
print(["a\tb".expandtabs(), "a\tb".expandtabs(4), "ab\t\tc".expandtabs(2), "abc".center(2), "".zfill(2)])
table = str.maketrans("abc", "xyz", "d")
print("aabbccdd".translate(table), "héllo".translate({ord("é"): "e", ord("l"): None, "o": "0"}), table)
print("abc".translate({97: "long", 98: 946}), str.maketrans({"a": 1}))
total = 0
for i in range(500):
    text = str(i).zfill(6).center(10, "-")
    total += text.count("0") + len(text.translate(table)) + text.index("-") + len(str(i).rjust(i % 8))
print(total)
for make in (lambda: "a".center(5, "ab"), lambda: str.maketrans("ab", "c"), lambda: "a".ljust("b"), lambda: "a".zfill()):
    try:
        make()
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
