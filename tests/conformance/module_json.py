# The module _json: scanner, encoder and strings, and the errors of each.
import _json
import json


def attempt(function, *arguments, **keywords):
    try:
        return ascii(function(*arguments, **keywords))
    except Exception as error:
        return ascii(f"{type(error).__name__}: {error} {getattr(error, '__notes__', '')}")


for text in ('"a"', '"a', '"a\n"', '"a\\u12"', '"\\ud83d\\ude00"', '"\\ud83dx"', '"\\ud83d\\u0041"', '"\\ud83d\\u00g1"', '"\\x"',
             '"\\', '"\\u 123"', '"\\b\\f\\n\\r\\t\\/\\\\\\""', '"\u00e9\\"\U0001f600"', '"\\u12345"', '"\\u1234'):
    print(attempt(_json.scanstring, text, 1), attempt(_json.scanstring, text, 1, False))
print(attempt(_json.scanstring), attempt(_json.scanstring, 1, 2), attempt(_json.scanstring, '""', 5))
print(attempt(_json.scanstring, '""', -1), attempt(_json.scanstring, '"a"', 2**70), attempt(_json.scanstring, string='""', end=1))
for function in (_json.encode_basestring, _json.encode_basestring_ascii):
    for value in ('a"\\\0\x1f\x7f\u00e9\u2028\U0001f600\ud800/', "\b\f\n\r\t", 1, b"a", None):
        print(attempt(function, value))


class Settings:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


scan = _json.make_scanner(Settings())
for text in (
    "1", " 1", "-", "-1", "01", "1.5", "1e", "1e5", "1E+5", "1.", ".5", "-Infinity", "-Inf", "NaN", "true", "tru", "false",
    "null", "{}", "{ }", '{"a" : 1 , "b":[1,2,{}]}', '{"a":1,}', '{"a"}', "{a}", '{"a":}', '{"a":1 "b"}', "[", "[1", "[1,",
    "[1,]", "[,]", "[ ]", "[1 2]", "{", '{"a', '{"a":1', '{"a":1,', "", "x", "1" * 30, "1" * 5000, "-0", "-0.0", "1e400",
    '{"a":1,"a":2}', "[1,   ]", "-123456789012345678", "-1234567890123456789", "[\u00e9]",
):
    print(text[:30].encode(), attempt(scan, text, 0)[:120])
print(attempt(scan, "1", 1), attempt(scan, "1", -1), attempt(scan), attempt(scan, 1, 0), attempt(scan, string="[1]", idx=1))
print(attempt(_json.make_scanner), attempt(_json.make_scanner, 1), attempt(setattr, scan, "strict", 0), scan.parse_float)
settings = Settings()
settings.parse_float = lambda text: ("float", text)
settings.parse_int = lambda text: ("int", text)
settings.parse_constant = lambda text: ("constant", text)
settings.object_hook = lambda found: ("object", found)
print(attempt(_json.make_scanner(settings), '{"a":[1,2.5,NaN,-Infinity,{}]}', 0))
settings.object_pairs_hook = lambda pairs: ("pairs", pairs)
print(attempt(_json.make_scanner(settings), '{"a":[1,2.5,{}],"b":2}', 0))
keys = [list(found)[0] for found in scan('[{"some key": 1}, {"some key": 2}]', 0)[0]]
print(keys[0] is keys[1])
for text in ("[" * 500000, '{"a":' * 500000):
    try:
        scan(text, 0)
    except RecursionError:
        print("RecursionError")


def encoder(markers=None, default=lambda found: "default", write=_json.encode_basestring_ascii, indent=None, key=": ", item=", ",
            sort_keys=False, skip_keys=False, allow_nan=True):
    return _json.make_encoder(markers, default, write, indent, key, item, sort_keys, skip_keys, allow_nan)


class Text(str):
    pass


class List(list):
    def __iter__(self):
        return iter([9])


class Items(dict):
    result = [("z", 1)]

    def items(self):
        return self.result


class Whole(int):
    def __repr__(self):
        return "whole"


class Float(float):
    def __repr__(self):
        return "float"


plain = encoder()
for value in (
    1, -1, 10**30, 1.5, 1e-7, True, None, "a\u00e9", [], {}, (), [1, [2, [3]]], {"a": 1, "b": [1, {}]}, object(), float("nan"),
    {1: 2, 1.5: 3, None: 4, True: 5, False: 6, float("inf"): 7}, -float("inf"), {(1, 2): 3}, Text("x"), {Text("x"): 1},
    [Whole(3), Float(1.5)], {Whole(3): 1, Float(2.5): 2}, [List([1]), Items(a=1)], List(), Items(),
):
    print(attempt(plain, value, 0), attempt(encoder(indent=" "), value, 1))
for result in ([5], 5, [("z",)], [("z", 1), ["y", 2]]):
    Items.result = result
    print(attempt(plain, Items(a=1), 0))
strict = encoder(allow_nan=False)
print(attempt(strict, [float("nan")], 0), attempt(strict, {"a": {float("-inf"): 1}}, 0))
print(attempt(encoder(skip_keys=True), {(1, 2): 3, "a": 1}, 0), attempt(encoder(skip_keys=True, indent=" "), {(1, 2): 3}, 0))
print(attempt(encoder(sort_keys=True), {"b": 1, "a": 2}, 0), attempt(encoder(sort_keys=True), {"b": 1, 2: 2}, 0))
markers = {}
ring = []
ring.append(ring)
print(attempt(encoder(markers), ring, 0), len(markers))
ring = {"a": [1]}
ring["a"].append(ring)
print(attempt(encoder({}), ring, 0), attempt(encoder({}, default=lambda found: found), object(), 0))
print(attempt(encoder(default=lambda found: 1 / 0), [{"k": (1, object())}], 0))
print(attempt(encoder(write=lambda text: "Z" + text), ["a", {"b": "c"}], 0), attempt(encoder(write=len), ["a"], 0))
print(attempt(encoder(write=_json.encode_basestring), ["\u00e9", {"\u20ac": "\U0001f600"}], 0))
print(attempt(plain, 1, "x"), attempt(plain), attempt(plain, 1), attempt(plain, obj=1, _current_indent_level=0))
print(attempt(_json.make_encoder), attempt(encoder, key=5), attempt(encoder, markers=5), attempt(setattr, plain, "markers", 1))
print(plain.indent, plain.key_separator, plain.sort_keys, plain.skipkeys)
deep = []
for _ in range(500000):
    deep = [deep]
try:
    plain(deep, 0)
except RecursionError:
    print("RecursionError")
changing = [1, 2, 3, object(), 5]
print(attempt(encoder(default=lambda found: changing.clear()), changing, 0))

total = 0
for number in range(200):
    text = json.dumps({"number": number, "values": [number, number / 4, str(number), None, number % 2 == 0]})
    found = json.loads(text)
    total += found["number"] + found["values"][1]
print(total, json.dumps({"b": [1, {2: 3}], "a": ()}, indent=2, sort_keys=True))
print(attempt(json.loads, '{"a":1,}'), attempt(json.loads, "\n\n [x"), attempt(json.dumps, [1, {"a": object}]))
# modes: native
