# Equality, ordering and dict keys for strings built in different ways.
a = "hello world"
b = "".join(["hello", " ", "world"])
c = "hello"
c += " world"
print(a == b == c, hash(a) == hash(b) == hash(c), a != b, {a: 1}[c], b in {a}, a <= b, a > c)
table = {}
for i in range(1000):
    key = "k" + str(i % 37)
    table[key] = table.get(key, 0) + i
print(len(table), table["k5"], list(table)[:3], sum(table.values()))
order = sorted(["b", "a", "é", "β", "😀", "B", "", "ab", "a1"])
print(order, min(order), max(order), sorted(order, reverse=True)[0])
count = 0
for i in range(500):
    left = "item" + str(i)
    right = f"item{i}"
    count += left == right
    count += left < "item" + str(i + 1)
    count += left != i
print(count)
print("a" == b"a", "a" == 97, "1" == 1, "a" != None)
for make in (lambda: "a" < 1, lambda: "a" >= None, lambda: [] < "a"):
    try:
        make()
    except TypeError as error:
        print(error)
