# Literal, value, or and wildcard patterns, with guards, in a hot loop.
class Color:
    RED = 1
    BLUE = "blue"


def kind(x):
    match x:
        case 0:
            return "zero"
        case 1 | 2 | 3:
            return "small"
        case -1:
            return "minus one"
        case 2.5:
            return "float"
        case "a" | "b":
            return "letter"
        case Color.BLUE:
            return "the blue"
        case None:
            return "none"
        case True:
            return "unreachable true"
        case b"x":
            return "bytes"
        case int() if x > 100:
            return "large"
        case _:
            return "other"


values = [0, 1, 3, -1, 2.5, "a", "b", "blue", None, True, False, b"x", 101, 50, 1.0, "c", (), 1 << 70]
print([kind(v) for v in values])
counts = {}
for i in range(1500):
    result = kind(values[i % (5 if i < 700 else 18)])
    counts[result] = counts.get(result, 0) + 1
print(counts)


def no_default(x):
    match x:
        case 1:
            return "one"


print(no_default(1), no_default(2))
