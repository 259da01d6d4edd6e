"""String building: render records to text, then take the text apart again.

Formatting, concatenation, join, split, strip, replace, slices and comparisons.
"""

# checksum: 312987 60857500 1834 246535264

import sys
import time

SIZE = 11000
REPETITIONS = 40

COLORS = ["red", "green", "blue", "ochre", "violet", "grün"]


def render(size):
    lines = []
    for number in range(size):
        color = COLORS[number % len(COLORS)]
        line = f"{number:05d}; {color.upper():<8}; {number * 7 % 1000 / 8:.3f}"
        line += ";" + "x" * (number % 5)
        if number % 3 == 0:
            line = "  " + line + "  "
        lines.append(line)
    return "\n".join(lines)


def parse(text):
    total = 0
    names = []
    for line in text.split("\n"):
        fields = line.strip().split(";")
        number, name, amount, marks = fields
        total += int(number) + len(marks)
        if amount.endswith("5"):
            total += int(float(amount))
        names.append(name.strip().lower().replace("e", "3"))
    return total, names


def caesar(word, shift):
    shifted = ""
    for character in word:
        if "a" <= character <= "z":
            character = chr((ord(character) - 97 + shift) % 26 + 97)
        shifted += character
    return shifted


def run(size):
    text = render(size)
    total, names = parse(text)
    secret = " ".join(caesar(name, 13) for name in names)
    checksum = 0
    for character in secret[::-3]:
        checksum = (checksum * 31 + ord(character)) % 1000000007
    return f"{len(text)} {total} {text.count('GREEN')} {checksum}"


def main(arguments):
    steady = arguments[:1] == ["steady"]
    for _ in range(int(arguments[1]) if steady else REPETITIONS):
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        checksum = run(SIZE)
        if steady:
            print(time.perf_counter_ns() - wall, time.process_time_ns() - cpu)
    print("checksum:", checksum)


if __name__ == "__main__":
    main(sys.argv[1:])
