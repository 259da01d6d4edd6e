# split, rsplit, splitlines, join and strip.
print("a b  c ".split(), "a b  c ".split(" "), "a,b,c".split(",", 1), "a,b,c".rsplit(",", 1), "".split(), "".split(","))
print(" a  b c ".split(None, 1), " a  b c ".rsplit(None, 1), "axxbxxc".split("xx"), "\u2003a\u00a0b".split())
print("l1\nl2\r\nl3\rl4\x0bl5\u2028l6".splitlines(), "a\nb\n".splitlines(True), "\n".splitlines(), "".splitlines())
print("  x ".strip(), "xxabcxx".strip("x"), "abcab".strip("ba"), " x ".lstrip() + "|", " x ".rstrip() + "|", "".strip())
print(",".join(["a", "b"]), "".join([]), "-".join("abc"), ", ".join(str(i) for i in range(4)), "é".join(["😀", "a"]))
total = 0
for i in range(500):
    parts = "alpha,beta,,gamma".split(",")
    line = ";".join(parts + [str(i)])
    total += len(line) + len(line.split(";")) + line.count(";")
print(total)
for make in (lambda: ",".join([1]), lambda: ",".join(["a", None]), lambda: "a".split(""), lambda: ",".join(5),
             lambda: "a".split(1)):
    try:
        make()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
