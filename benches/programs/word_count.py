"""Word count: how often each word of a generated text occurs.

Splitting, stripping and lowering strings, a dict of counts, sorting by two keys.
"""

# checksum: 3521 mevi=73,ruba=73,teru=73 636035228

import sys
import time

SIZE = 25000
REPETITIONS = 36

SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi wo zu".split()


def make_text(count):
    words = []
    state = 42
    for index in range(count):
        word = ""
        for _ in range(2 + index % 2):
            state = (state * 1103515245 + 12345) % 2147483648
            word += SYLLABLES[(state >> 16) % len(SYLLABLES)]
        if index % 9 == 0:
            word = word.capitalize()
        if index % 11 == 10:
            word += ".\n"
        words.append(word)
    return " ".join(words)


def count_words(text):
    counts = {}
    for line in text.splitlines():
        for word in line.split():
            word = word.strip(".,;").lower()
            counts[word] = counts.get(word, 0) + 1
    return counts


def run(size):
    counts = count_words(make_text(size))
    ranking = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    checksum = 0
    for rank, (word, count) in enumerate(ranking):
        checksum = (checksum * 31 + rank * count + ord(word[-1])) % 1000000007
    top = ",".join(f"{word}={count}" for word, count in ranking[:3])
    return f"{len(counts)} {top} {checksum}"


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
