"""Regular expressions of ten shapes: nanoseconds for each call.

usage: INTERPRETER patterns.py [NAME ...]
"""
import re

from measure import report

TEXT = " ".join(f"word{i} has value={i * 37 % 101}, mail user{i}@example.org; 2024-0{i % 9 + 1}-1{i % 9}" for i in range(50))
LINES = "\n".join(f"  key_{i} : some text, {i}  " for i in range(100))
WORDS = re.compile(r"\w+")
NUMBERS = re.compile(r"\d+(?:\.\d+)?")
MAIL = re.compile(r"[a-z0-9.]+@[a-z]+\.(?:org|com|net)")
DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")
KEYED = re.compile(r"^\s*(\w+)\s*:\s*(.*?)\s*$", re.M)
CHOICE = re.compile(r"alpha|beta|gamma|delta|value")
NO_CASE = re.compile(r"EXAMPLE", re.I)
LITERAL = re.compile(r"user49@")
LAZY = re.compile(r"has.*?;")
AROUND = re.compile(r"(?<=value=)\d+(?=,)")
BACK = re.compile(r"(\w)\1")
TOKEN = re.compile(r"(?P<number>\d+)|(?P<name>[A-Za-z_]\w*)|(?P<operator>[-+*/=(),;@.])|(?P<space>\s+)")


def tokens():
    position = count = 0
    while found := TOKEN.match(TEXT, position):
        position = found.end()
        count += found.lastgroup == "name"
    return count


report({
    "re: words": (1, lambda: WORDS.findall(TEXT)),
    "re: numbers": (1, lambda: NUMBERS.findall(TEXT)),
    "re: addresses": (1, lambda: MAIL.findall(TEXT)),
    "re: named groups": (1, lambda: [found["year"] for found in DATE.finditer(TEXT)]),
    "re: keys by line": (1, lambda: KEYED.findall(LINES)),
    "re: choices": (1, lambda: CHOICE.findall(TEXT)),
    "re: without case": (1, lambda: NO_CASE.findall(TEXT)),
    "re: literal": (1, lambda: LITERAL.search(TEXT)),
    "re: lazy": (1, lambda: LAZY.findall(TEXT)),
    "re: look around": (1, lambda: AROUND.findall(TEXT)),
    "re: back reference": (1, lambda: BACK.findall(TEXT)),
    "re: tokens": (1, tokens),
    "re: short match": (1, lambda: DATE.match("2024-05-17")),
    "re: through the module": (1, lambda: re.match(r"(\d+)-(\d+)", "2024-05")),
    "re: replace": (1, lambda: NUMBERS.sub("#", TEXT)),
    "re: replace by a function": (1, lambda: NUMBERS.sub(lambda found: found[0] * 2, TEXT)),
    "re: split": (1, lambda: re.split(r"[ ,;]+", TEXT)),
    "re: compile": (1, lambda: (re.purge(), re.compile(r"(?P<a>[a-z]+)\s*=\s*(\d+|'[^']*')(?:,|$)"))),
})
