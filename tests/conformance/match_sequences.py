# Sequence patterns: fixed, starred, nested, and what is no sequence.
def shape(x):
    match x:
        case []:
            return "empty"
        case [a]:
            return f"one {a}"
        case [1, b]:
            return f"one-first {b}"
        case (a, [b, *c], d):
            return f"nested {a} {b} {c} {d}"
        case [a, b, *rest] if len(rest) > 2:
            return f"long {a} {b} {rest}"
        case [first, *_, last]:
            return f"ends {first} {last}"
        case str():
            return "text"
        case _:
            return "nothing"


for value in ([], [5], [1, 2], (9, [8, 7, 6], 5), (9, [8], 5), range(6), (3, 4), "ab", b"ab", {1, 2}, iter([1]), 5, [[1], [2]], (1, [2, 3]), bytearray(b"ab")):
    print(shape(value))
total = 0
for i in range(900):
    match [i % 3, (i, i + 1), *range(i % 4)]:
        case [0, (a, b)]:
            total += a
        case [1, (a, b), x, *_]:
            total += b + x
        case [k, pair, *rest]:
            total += len(rest) + pair[0] * k
print(total)
match [1, [2, [3, [4]]]]:
    case [a, [b, [c, [d]]]]:
        print(a + b + c + d)
match (1, 2):
    case x, y:
        print(x, y)
