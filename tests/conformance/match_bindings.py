# What patterns bind, when they fail half way, captures in loops, as-patterns, guards with effects.
log = []


def guard(value):
    log.append(value)
    return False


def run(x):
    match x:
        case [a, b] if guard((a, b)):
            return "never"
        case [a, 2]:
            return ("second", a)
        case (1 | 2) as n:
            return ("as", n)
        case {"k": [p, q] as pair} as whole:
            return p, q, pair is whole["k"]
        case whatever:
            return ("capture", whatever)


for value in ([1, 2], [1, 3], 2, {"k": [5, 6]}, "z"):
    print(run(value))
print(log)


def interpreter(program):
    stack = []
    position = 0
    steps = 0
    while True:
        steps += 1
        match program[position]:
            case ("push", value):
                stack.append(value)
            case ("add",):
                stack.append(stack.pop() + stack.pop())
            case ("jump_less", limit, target) if stack[-1] < limit:
                position = target
                continue
            case ("jump_less", *_):
                pass
            case ("end",) | ("stop", *_):
                return stack.pop(), steps
            case unknown:
                raise ValueError(f"unknown operation {unknown}")
        position += 1


print(interpreter([("push", 0), ("push", 3), ("add",), ("jump_less", 1500, 1), ("end",)]))
try:
    interpreter([("push", 1), ("mul",)])
except ValueError as error:
    print(error)
total = 0
for i in range(700):
    match divmod(i, 10):
        case (0, r):
            total += r
        case (q, 0):
            total += q * 100
        case (q, r) if q == r:
            total += 1000
        case _:
            total += 1
print(total)
match total:
    case int(match):
        print(match)
case = type = _ = 1
print(case + type + _)
