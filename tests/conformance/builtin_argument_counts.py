# Wrong numbers of arguments, missing and unknown keywords of builtin functions with several parameters.
import bisect
import gc
import math
import sys

items = [1, 2, 3]
FUNCTIONS = {
    "list.sort": items.sort,
    "sorted": sorted,
    "bisect": bisect.bisect_left,
    "insort": bisect.insort_right,
    "prod": math.prod,
    "isclose": math.isclose,
    "nextafter": math.nextafter,
    "pow": pow,
    "round": round,
    "sum": sum,
    "to_bytes": (5).to_bytes,
    "from_bytes": int.from_bytes,
    "function": type(lambda: 0),
    "enumerate": enumerate,
    "split": "a b".split,
    "splitlines": "a\nb".splitlines,
    "replace": "aa".replace,
    "encode": "a".encode,
    "expandtabs": "a".expandtabs,
    "decode": b"a".decode,
    "bytes.split": b"a b".split,
    "hex": b"a".hex,
    "set digits": sys.set_int_max_str_digits,
}
KEYWORDS = [{}, {"nothing": 1}, {"start": 0}, {"a": []}, {"iterable": [], "unknown": 1}]


def attempt(function, arguments, keywords):
    try:
        function(*arguments, **keywords)
    except TypeError as error:
        return error
    except Exception as error:
        return type(error).__name__
    return "fine"


for name, function in FUNCTIONS.items():
    for count in range(5):
        for keywords in KEYWORDS:
            print(name, count, *keywords, attempt(function, [None] * count, keywords))


for text in (
    "'a'.replace(None, 'b')", "bytes('a', None)", "sys.intern(None)", "sys.intern(1)", "object().__format__(None)",
    "(1).__format__(2.5)", "type(sys)(None)", "type(lambda: 0)(None, {})", "format(1, None)", "ValueError().add_note(None)",
    "(1).to_bytes(1, None)", "int.from_bytes(b'', ())", "type.__new__(type, None, (), {})", "type.__new__(type, 'a', [], {})",
    "enumerate(start=1)", "enumerate([], iterable=[])", "enumerate(iterable=[], start=1, other=2)", "list(enumerate(start=3, iterable='a'))",
):
    try:
        print(text, eval(text))
    except TypeError as error:
        print(text, error)
