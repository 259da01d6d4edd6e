"""Methods of builtin types: nanoseconds for each call.

usage: INTERPRETER builtin_methods.py [NAME ...]
"""
import random

from measure import report

TEXT = " ".join(f"word{i}" for i in range(200))
FOREIGN = TEXT.replace("o", "ö")
DATA = TEXT.encode()
PARTS = TEXT.split()
GENERATOR = random.Random(11)
NUMBERS = [GENERATOR.randrange(10**6) for _ in range(1000)]
FLOATS = [GENERATOR.random() for _ in range(1000)]
TEXTS = [str(number) for number in NUMBERS]
RECORDS = [(number % 10, text) for number, text in zip(NUMBERS, TEXTS)]
D = dict(zip(TEXTS, NUMBERS))
LEFT, RIGHT = set(NUMBERS[:600]), set(NUMBERS[400:])
TABLE = str.maketrans("aeiou", "AEIOU")
BIG, OTHER = 7 ** 2000, 11 ** 900
TWO, ALSO_TWO = 2 ** 100 + 12345, 2 ** 90 + 6789

report({
    "str: split": (1, TEXT.split),
    "str: split by a text": (1, lambda: TEXT.split("1 ")),
    "str: splitlines": (1, "\n".join(PARTS).splitlines),
    "str: join": (1, lambda: ", ".join(PARTS)),
    "str: replace": (1, lambda: TEXT.replace("word", "text")),
    "str: find": (1, lambda: TEXT.find("word199")),
    "str: count": (1, lambda: TEXT.count("1")),
    "str: contains": (1, lambda: "d150" in TEXT),
    "str: upper": (1, TEXT.upper),
    "str: lower of foreign": (1, FOREIGN.lower),
    "str: strip": (1, lambda: "   some text   ".strip()),
    "str: startswith": (1, lambda: TEXT.startswith(("text", "word"))),
    "str: partition": (1, lambda: "key=value".partition("=")),
    "str: translate": (1, lambda: TEXT.translate(TABLE)),
    "str: encode": (1, TEXT.encode),
    "str: encode foreign": (1, FOREIGN.encode),
    "str: decode": (1, DATA.decode),
    "str: decode foreign": (1, FOREIGN.encode().decode),
    "str: format": (1, lambda: "{} and {:>10} of {:.2f}".format("a", 12, 3.14159)),
    "str: percent": (1, lambda: "%s and %10d of %.2f" % ("a", 12, 3.14159)),
    "str: f-string": (1, lambda x=3.14159: f"a and {12:>10} of {x:.2f}"),
    "str: isdigit": (1, lambda: "1234567890".isdigit()),
    "str: zfill": (1, lambda: "42".zfill(8)),
    "str: title": (1, TEXT.title),
    "str: reverse": (1, lambda: TEXT[::-1]),
    "str: compare": (1000, lambda: [a < b for a, b in zip(TEXTS, PARTS * 5)]),
    "str: hash": (1000, lambda: [hash("x" + text) for text in TEXTS]),
    "str: iterate": (len(TEXT), lambda: [c for c in TEXT]),
    "bytes: split": (1, DATA.split),
    "bytes: join": (1, lambda p=DATA.split(): b",".join(p)),
    "bytes: replace": (1, lambda: DATA.replace(b"word", b"text")),
    "bytes: find": (1, lambda: DATA.find(b"word199")),
    "bytes: hex": (1, DATA.hex),
    "bytes: iterate": (len(DATA), lambda: sum(DATA)),
    "bytes: slice": (1, lambda: DATA[10:50]),
    "bytes: bytearray extend": (1, lambda: bytearray().extend(DATA)),
    "bytes: memoryview": (1, lambda: bytes(memoryview(DATA)[10:50])),
    "sort: ints": (1000, lambda: sorted(NUMBERS)),
    "sort: floats": (1000, lambda: sorted(FLOATS)),
    "sort: texts": (1000, lambda: sorted(TEXTS)),
    "sort: tuples": (1000, lambda: sorted(RECORDS)),
    "sort: by a key": (1000, lambda: sorted(RECORDS, key=lambda record: record[1])),
    "sort: sorted already": (1000, lambda s=sorted(NUMBERS): sorted(s)),
    "list: append": (1000, lambda: [*map([].append, NUMBERS)]),
    "list: slice": (1, lambda: NUMBERS[100:300]),
    "list: concatenate": (1, lambda: NUMBERS + NUMBERS),
    "list: index": (1, lambda: NUMBERS.index(NUMBERS[500])),
    "list: contains": (1, lambda: -1 in NUMBERS),
    "list: reverse": (1, NUMBERS[:].reverse),
    "list: compare": (1, lambda n=NUMBERS[:]: n == NUMBERS),
    "list: sum": (1000, lambda: sum(NUMBERS)),
    "list: max": (1000, lambda: max(NUMBERS)),
    "dict: make": (1000, lambda: dict(zip(TEXTS, NUMBERS))),
    "dict: find": (1000, lambda: [*map(D.get, TEXTS)]),
    "dict: copy": (1000, D.copy),
    "dict: merge": (1000, lambda: D | {"a": 1}),
    "dict: items": (1000, lambda: [v for k, v in D.items()]),
    "dict: fromkeys": (1000, lambda: dict.fromkeys(NUMBERS)),
    "dict: compare": (1000, lambda d=dict(D): d == D),
    "dict: setdefault": (1000, lambda: [{}.setdefault(t, 1) for t in TEXTS]),
    "dict: pop": (1000, lambda: [*map(dict(D).pop, TEXTS)]),
    "set: make": (1000, lambda: set(NUMBERS)),
    "set: make of texts": (1000, lambda: set(TEXTS)),
    "set: union": (1, lambda: LEFT | RIGHT),
    "set: intersection": (1, lambda: LEFT & RIGHT),
    "set: difference": (1, lambda: LEFT - RIGHT),
    "set: contains": (1000, lambda: [n in LEFT for n in NUMBERS]),
    "set: subset": (1, lambda: LEFT <= RIGHT),
    "set: add": (1000, lambda: [*map(set().add, NUMBERS)]),
    "int: from text": (1000, lambda: [*map(int, TEXTS)]),
    "int: to text": (1000, lambda: [*map(str, NUMBERS)]),
    "int: big multiply": (1, lambda: BIG * OTHER),
    "int: big divide": (1, lambda: divmod(BIG, OTHER)),
    "int: big to text": (1, lambda: str(OTHER)),
    "int: two limbs": (1, lambda: (TWO * ALSO_TWO + TWO) // ALSO_TWO % 1000003),
    "int: power": (1, lambda: pow(3, 1 << 60, 10**18 + 9)),
    "int: to_bytes": (1, lambda: int.from_bytes((123456789).to_bytes(8, "little"), "little")),
    "float: from text": (1000, lambda t=[*map(str, FLOATS)]: [*map(float, t)]),
    "float: to text": (1000, lambda: [*map(repr, FLOATS)]),
})
