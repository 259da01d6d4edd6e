"""Times ten shapes of pattern in the Python that runs this, and writes what `shapes.rs` needs to time them in the engine.

    peer-of-CPython shapes.py FOLDER && cargo run --release -p sidewinder-regex --example shapes FOLDER
"""

import random
import re
import sys
import time
from re import _compiler, _parser

source = random.Random(1)
WORDS = ("the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which "
         "one you were all her she there would their we him been has when who will no more if out so up said what its about "
         "running singing thing king interesting computing words regular expression language engine test error").split()
prose = " ".join(source.choice(WORDS) + source.choice(["", "", "", "", ",", ".", ".\n"]) for _ in range(20_000))
dna = "".join(source.choice("acgt") for _ in range(200_000))
log = "\n".join(f"2026-11-{n % 28 + 1:02} 12:{n % 60:02}:00 [{'ERROR' if n % 50 == 0 else 'info'}] module{n % 7}: value={n * 7919 % 10007}"
                for n in range(4_000))
markup = "".join(f'<p class="c{n}">{source.choice(WORDS)} <b>{n}</b> &amp; "{source.choice(WORDS)}"</p>\n' for n in range(4_000))
SUBJECTS = {"prose": prose, "dna": dna, "log": log, "markup": markup, "aaa": "a" * 22 + "b", "line": "x" * 5_000,
            "wide": prose.replace("thing", "слово")}

ROWS = [
    ("literal", "prose", "interesting", 0), ("literal, rare", "prose", "zebra", 0), ("alternation", "prose", "king|error|regular", 0),
    ("class repeat", "prose", "[a-z]+", 0), (r"\w+", "prose", r"\w+", 0), ("word ending", "prose", r"\b\w+ing\b", 0),
    ("back reference", "prose", r"([a-z])(\w*)\1", 0), ("lazy dots", "markup", r"<b>(.*?)</b>", 0), ("quoted", "markup", r'"([^"]*)"', 0),
    ("ignore case", "prose", "(?i)InTeresting", 0), ("line anchors", "log", r"^(\S+) (\S+) \[ERROR\] (.*)$", re.M),
    ("log line", "log", r"(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+) \[(\w+)\] (\w+): (\w+)=(\d+)", 0), ("number", "log", r"\d+(?:\.\d*)?", 0),
    ("group loop", "log", r"(?:\w|-|:)+", 0), ("tokens", "markup", r'(?P<tag></?\w+)|(?P<word>\w+)|(?P<string>"[^"]*")|(?P<op>[=>&;])|(?P<space>\s+)', 0),
    ("catastrophic", "aaa", r"(a+)+c", 0), ("quadratic", "line", r"\w+@", 0), ("wide words", "wide", r"\w+", 0), ("wide literal", "wide", "слово", 0),
] + [(f"dna {index}", "dna", pattern, 0) for index, pattern in enumerate("""
agggtaaa|tttaccct [cgt]gggtaaa|tttaccc[acg] a[act]ggtaaa|tttacc[agt]t ag[act]gtaaa|tttac[agt]ct agg[act]taaa|ttta[agt]cct
aggg[acg]aaa|ttt[cgt]ccct agggt[cgt]aa|tt[acg]accct agggta[cgt]a|t[acg]taccct agggtaa[cgt]|[acg]ttaccct""".split(), 1)]


def main():
    folder = sys.argv[1]
    for name, text in SUBJECTS.items():
        with open(f"{folder}/{name}.subject", "wb") as file:
            file.write(text.encode("utf-32-le"))
    with open(f"{folder}/rows", "w") as file:
        for name, subject, pattern, flags in ROWS:
            compiled = re.compile(pattern, flags)
            text = SUBJECTS[subject]
            best, until = float("inf"), time.process_time() + 0.3
            while time.process_time() < until:
                start = time.process_time()
                # A scanner makes a match object each time; so only that little is not the engine's.
                count = sum(1 for _ in compiled.finditer(text))
                best = min(best, time.process_time() - start)
            parsed = _parser.parse(pattern, flags)
            words = " ".join((str(int(word)) for word in _compiler._code(parsed, flags)))
            print(name, subject, parsed.state.groups - 1, count, int(best * 1e9), words, sep="\t", file=file)


main()
