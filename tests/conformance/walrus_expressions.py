# Assignment expressions in conditions, loops, calls and comprehensions.
data = list(range(1000, 0, -1))
total = 0
while (item := data.pop()) < 800:
    if (half := item // 2) % 3 == 0:
        total += half
print(total, item, half)
print((n := 5) + n, [n := n + i for i in range(4)], n, (lambda: (z := 3) * z)(), f"{(w := 4)} {w}")
print(any((hit := x) % 7 == 0 for x in range(1, 50)), hit, [y for x in range(6) if (y := x * x) % 2])


def scan(text):
    position = 0
    words = []
    while (space := text.find(" ", position)) >= 0:
        if (word := text[position:space]):
            words.append(word)
        position = space + 1
    words.append(text[position:])
    return words


print(scan("the  quick brown fox"), len(scan("ab " * 400)))


def chain():
    if (a := 1) and (b := 0) or (c := 5):
        return a, b, c


print(chain())


def unbound(flag):
    flag and (x := 1)
    return x


for flag in (True, False):
    try:
        print(unbound(flag))
    except UnboundLocalError as error:
        print(error)
count = 0
for i in range(600):
    count += (t := i % 4) and t * 2 or -1
print(count, t)
