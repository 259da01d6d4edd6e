"""Formatting, conversions, characters and slices of strings and numbers in hot loops, where traces do them by helpers:
plain values beside subclasses, other scripts, surrogates, and every error that such an instruction can raise."""


class Text(str):
    def __format__(self, spec):
        return f"<{str(self)}|{spec}>"


class Quiet(str):
    pass


class Shown(str):
    def __str__(self):
        return "shown"


class Number(int):
    def __format__(self, spec):
        return f"#{int(self)}|{spec}#"


class Bad:
    def __format__(self, spec):
        return 7


SPECS = ["", "5", "<5", ">7", "^8", "=+6", "05", "+d", " d", "x", "#x", "_", ",", "8.3f", ".0f", "+.2f", "é>6", "0>9.1f",
         "e", ".3g", "%", "c", "s", "10s", ".2s", "z.1f", "=5", "d.", "5,_d", "99999999999999999999d", "\ud800<4", "٣", "08,.2f",
         "<08", "F", "+F", "n"]
VALUES = [0, 7, -7, 123456789, -(1 << 61), 1 << 61, (1 << 62), 10 ** 30, 0.0, -0.0, 0.5, -2.5, 1e300, 1e-300, 123.456,
          float("inf"), float("-inf"), float("nan"), True, "", "a", "é", "grün", "€uro", "\U0001f600!", "\udc80x", "word",
          Text("t"), Quiet("quiet"), Shown("x"), Number(5), Bad(), None, [1]]


def outcome(function, *arguments):
    try:
        return ascii(function(*arguments))
    except Exception as error:
        return f"{type(error).__name__}: {ascii(str(error))}"


def formatted(value, spec):
    return f"[{value:{spec}}]"


def simple(value):
    return f"{value}|{value!s}|{value!r}|{value!a}"


for spec in SPECS:
    print(ascii(spec), [outcome(formatted, value, spec) for value in VALUES])
print([outcome(simple, value) for value in VALUES if not isinstance(value, (Bad, list))])


# Hot, with one kind of value for long and then another.
def hot_format(values):
    size = 0
    for value in values:
        size += len(f"{value:>6}") + len(f"{value}") + len(f"{value!s}")
    return size


mixed = [3] * 300 + [2.5] * 300 + ["ab"] * 300 + ["€"] * 300 + [10 ** 20] * 10 + [Quiet("q")] * 300 + [7] * 50
print(hot_format(mixed))
print(hot_format([Text("a"), 3] * 200))


def hot_errors(values):
    caught = 0
    for value in values:
        try:
            f"{value:5x}"
        except ValueError as error:
            caught += len(str(error))
    return caught


print(hot_errors([3, "a", 2.5] * 200))


# chr and ord.
def rotate(word, shift):
    result = ""
    for character in word:
        if "a" <= character <= "z":
            character = chr((ord(character) - 97 + shift) % 26 + 97)
        result += character
    return result


print(ascii([rotate(word, 13) for word in ["hello", "", "grün", "€x", "\U0001f600a", "z"] * 60][:6]))


def codes(values):
    found = []
    for value in values:
        try:
            found.append(ord(value))
        except TypeError as error:
            found.append(str(error))
    return found


print(codes(["a", "é", "€", "\U0001f600", "\ud800", "", "ab", Quiet("k"), b"b", b"", 3] * 40)[:11])


def characters(values):
    found = []
    for value in values:
        try:
            found.append(ascii(chr(value)))
        except (ValueError, TypeError, OverflowError) as error:
            found.append(str(error))
    return found


print(characters([0, 65, 255, 256, 0xD800, 0x10FFFF, 0x110000, -1, True, 10 ** 30, 2.5, "a"] * 40)[:12])
print(all(chr(code) is chr(code) and chr(code) is ("%c" % code) for code in range(256)))


# Conversions.
def converted(kind, values):
    found = []
    for value in values:
        try:
            found.append(kind(value))
        except (ValueError, TypeError, OverflowError) as error:
            found.append(str(error))
    return found


texts = ["0", "00012", " 7 ", "-3", "1_000", "", "x", "٣٤", "1" * 18, "9" * 19, "9" * 40, Quiet("12"), "1.5", "\ud800", "é"]
numbers = [3, -3, 1 << 61, 1 << 70, True, 2.5, -0.0, 1e300, float("nan"), float("inf"), None, b"12"]
for kind in (int, float, str):
    print(kind.__name__, ascii(converted(kind, (texts + numbers) * 20)[: len(texts + numbers)]))
word = "same"
print(str(word) is word, type(str(Quiet("q"))).__name__, str(Shown("x")), repr(str(1.0)))


# Indexing, slices, membership, copies.
def taken(text, keys):
    found = []
    for key in keys:
        try:
            found.append(text[key])
        except (IndexError, TypeError) as error:
            found.append(str(error))
    return found


for text in ("abc", "grün", "a€c", "\U0001f600bc", Quiet("xyz")):
    print(ascii(taken(text, [0, 2, -1, -3, 3, -4, True, 10 ** 30, "a"] * 40)[:9]))


def sliced(text, bounds):
    found = []
    for start, stop, step in bounds:
        try:
            found.append((text[start:stop], text[start:stop:step], text[::-1], text[:], text[start:]))
        except (ValueError, TypeError) as error:
            found.append(str(error))
    return found


BOUNDS = [(0, 2, 1), (None, None, None), (1, -1, 2), (-100, 100, -1), (2, 1, 1), (0, 3, 0), (None, 10 ** 30, -2), (True, 2, 1),
          ("a", 1, 1), (-1, None, -3)]
for text in ("", "a", "grün", "a€c", "\U0001f600bcd", Quiet("xyz")):
    print(ascii(sliced(text, BOUNDS * 20)[: len(BOUNDS)]))
whole = "whole"
print(whole[:] is whole, type(Quiet("q")[:]).__name__)


def found_in(text, parts):
    found = []
    for part in parts:
        try:
            found.append((part in text, part not in text))
            if part in text:
                found.append(1)
        except TypeError as error:
            found.append(str(error))
    return found


for text in ("abcab", "grün", "a€", Quiet("xyz")):
    print(found_in(text, ["", "ab", "ü", "€", "\U0001f600", Quiet("y"), 3, "abcabc"] * 30)[:14])


def copies(texts, counts):
    found = []
    for text in texts:
        for count in counts:
            try:
                found.append(len(text * count) + len(count * text))
            except (TypeError, OverflowError, MemoryError) as error:
                found.append(type(error).__name__)
    return found


print(copies(["x", "", "é€", Quiet("q")] * 20, [0, 1, 3, -1, True, 2.5, 1 << 62])[:28])


# Iteration: strings that end, iterators shared with the loop, exhausted ones.
def walked(text):
    iterator = iter(text)
    seen = []
    for character in iterator:
        seen.append(character)
        if character == "b":
            seen.append(next(iterator, "end"))
    seen.append(next(iterator, "end"))
    return seen


for text in ("", "ab", "abc" * 5, "€b\U0001f600b", Quiet("abc")):
    for _ in range(60):
        seen = walked(text)
    print(ascii(seen))


# Case, padding, replacement, splitting.
every = "".join(map(chr, range(256)))
print(ascii(every.upper()), ascii(every.lower()), ascii(every.capitalize()), ascii(every.swapcase()))
for text in ("", "a", "é", "ÿ", "ß", "grün", "ÀÞ×÷", "€ä", "µ"):
    print(ascii((text.upper(), text.lower(), text.capitalize(), text.casefold(), text.upper().isupper())))
    print(ascii([text.replace(old, new, count) for old in ("a", "é", "", "r") for new in ("b", "ÿ", "", "€") for count in (-1, 0, 1)]))
    print(ascii([text.ljust(4, fill) + text.rjust(4, fill) + text.center(5, fill) for fill in ("*", "é", "€")]))
for text in ("", ";", "a;b;;c", "é;ü", ";" * 60, "x" * 50 + ";y", "a;;b;;c"):
    print(ascii([text.split(";"), text.split(";", 1), text.split(";;"), text.split(";", 0), text.rsplit(";", 1), text.split()]))
print([len(("ab" * size + "c").replace("c", "d")) for size in range(20)], ["x" * size + "y" * (40 - size) for size in (0, 1, 31, 32, 33)])
print(sorted(["b", "a", "", "ab", "é", "€", "aé", "B"]), "a" < "", "" < "a", "é" < "€", "ab" < "a", "\xff" > "a")
