# Many branches whose weights change with time, so that side traces come one after another.
def classify(i, phase):
    if i % 2 == 0:
        if phase < 300:
            return 1
        elif i % 3 == 0:
            return 2
        return 3 if phase < 600 else 4
    elif i % 5 == 0:
        return 5 if phase % 7 else 6
    elif phase > 900 and i % 11 == 0:
        return 7
    return 8


histogram = {}
for i in range(1500):
    kind = classify(i * 7 % 1009, i)
    histogram[kind] = histogram.get(kind, 0) + 1
print(sorted(histogram.items()))


def machine(program, rounds):
    accumulator = counter = 0
    position = 0
    steps = 0
    while steps < rounds:
        operation, argument = program[position]
        steps += 1
        if operation == "add":
            accumulator += argument
        elif operation == "mul":
            accumulator = accumulator * argument % 65521
        elif operation == "jump_if" and counter % 5:
            counter += 1
            position = argument
            continue
        elif operation == "count":
            counter += argument
        elif operation == "reset":
            position = 0
            continue
        position += 1
    return accumulator, counter, position


print(machine([("add", 3), ("mul", 7), ("count", 1), ("jump_if", 0), ("add", 11), ("reset", 0)], 3000))
state = "a"
trail = 0
for i in range(1200):
    if state == "a":
        state = "b" if i % 4 else "c"
    elif state == "b":
        state = "c" if i % 6 else "a"
    elif state == "c" and i < 800:
        state = "a"
    else:
        state = "d" if state != "d" else "b"
    trail = (trail * 3 + ord(state)) % 100003
print(state, trail)
