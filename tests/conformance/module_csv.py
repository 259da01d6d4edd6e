# The module _csv: dialects, readers, writers, and their errors.
import _csv
import csv
import io


def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


ATTRIBUTES = "delimiter doublequote escapechar lineterminator quotechar quoting skipinitialspace strict".split()


def dialect(**keywords):
    made = _csv.Dialect(**keywords)
    return [getattr(made, name) for name in ATTRIBUTES]


for name, values in {
    "delimiter": ["", "ab", 1, None, "\n", " ", "é"],
    "quotechar": ["", "ab", None, 1, "\r", " "],
    "escapechar": ["", None, 1, "\n", "\\"],
    "lineterminator": [None, 1, ""],
    "quoting": [None, "x", 99, 1.0, -1, True, 3, 2**40],
    "doublequote": [0, "x"],
    "dialect": ["nope", 1, "excel-tab", None, csv.unix_dialect],
    "bad": [1],
}.items():
    for value in values:
        if not isinstance(value, type):
            print(name, ascii(value), end=" ")
        print(ascii(attempt(dialect, **{name: value})))
for keywords in (
    {"delimiter": '"'}, {"escapechar": '"'}, {"escapechar": ","}, {"skipinitialspace": True, "quotechar": " "},
    {"lineterminator": ","}, {"quotechar": None, "quoting": 1}, {"quotechar": None}, {"skipinitialspace": True, "delimiter": " "},
):
    print(attempt(dialect, **keywords))
made = _csv.Dialect()
print(_csv.Dialect(made) is made, _csv.Dialect(made, strict=False) is made)
print(attempt(setattr, made, "delimiter", ","), attempt(setattr, made, "strict", 1), attempt(made.__reduce_ex__, 2))

print(attempt(_csv.register_dialect), attempt(_csv.register_dialect, 1), attempt(_csv.register_dialect, "a", "b", "c"))
print(attempt(_csv.register_dialect, "mine", delimiter=";"), _csv.get_dialect("mine").delimiter, _csv.list_dialects())
print(attempt(_csv.unregister_dialect, "mine"), attempt(_csv.unregister_dialect, "mine"), attempt(_csv.get_dialect, "mine"))
print(attempt(_csv.reader), attempt(_csv.reader, 1), attempt(_csv.reader, [], bad=1), attempt(_csv.reader, [], "nope"))
print(attempt(_csv.writer), attempt(_csv.writer, 1), attempt(type(_csv.reader([]))))
print(_csv.field_size_limit(10), attempt(_csv.field_size_limit, "x"), attempt(list, _csv.reader(["a" * 11])))
print(_csv.field_size_limit(new_limit=131072), attempt(_csv.field_size_limit, 2**100))


def read(lines, **keywords):
    rows = []
    try:
        reader = _csv.reader(lines, **keywords)
        for row in reader:
            rows.append((reader.line_num, row))
        print(ascii(rows))
    except Exception as error:
        print(ascii(rows), type(error).__name__, error)


read(["", "a,b\r\n", "\n", 'a,"b\n', 'c",d', '"a""b",c', 'a"b,c', '"a" b,c', '""', "a,", "a\r"])
for line in ('"a" b', '"a', '"a""', "a\n", '"a"b'):
    read([line], strict=True)
for line in ("a\rb", b"a", 1, "a\0b", '"a', "\u00e9,\U0001f600"):
    read([line])
for lines in (["a\\,b"], ["a\\"], ["a\\\n", "b"], ['"a\\"b"'], ['"a\\', 'b"'], ["\\"], ["a,\\\r\n"]):
    read(lines, escapechar="\\")
for quoting in range(6):
    read(['1,"2",,"",3.5'], quoting=quoting)
    read(["a, b"], quoting=quoting, skipinitialspace=True)
read(['"a""b"'], doublequote=False)
read(["  a  b"], delimiter=" ", skipinitialspace=True)


class Again:
    count = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.count += 1
        if self.count == 2:
            next(self.reader)
        if self.count > 5:
            raise StopIteration
        return '"a'


again = Again()
again.reader = _csv.reader(again)
print(attempt(next, again.reader))


def write(row, **keywords):
    file = io.StringIO()
    try:
        print(_csv.writer(file, **keywords).writerow(row), end=" ")
    except Exception as error:
        print(type(error).__name__, error, end=" ")
    print(ascii(file.getvalue()))


class Number(float):
    def __str__(self):
        return "number"


class Bad:
    def __str__(self):
        return 5


for row in ([], [""], [None], ["", ""], 1, "abc", [None, "x,y", 'q"r', "n\nl", "r\r", 1, 1.5, True, b"x", (1,)], [Number(1)], [Bad()]):
    for quoting in range(6):
        write(row, quoting=quoting)
for row in (["a,b"], ['a"b'], ["a\\b"], ["a\r\n"]):
    write(row, quoting=3, escapechar="\\")
    write(row, doublequote=False)
    write(row, doublequote=False, escapechar="\\", lineterminator="!")
write(["aXb"], lineterminator="X")
write(["", None], delimiter=" ", skipinitialspace=True)
write(["", None], delimiter=" ", skipinitialspace=True, quoting=3)
file = io.StringIO()
print(attempt(_csv.writer(file).writerows, [["a"], ["b", 2]]), attempt(_csv.writer(file).writerows, [["a"], 1]))
print(ascii(file.getvalue()), attempt(_csv.writer(file).writerows, 1))

total = 0
for row in csv.DictReader(f"{number},{number * 2},x" if number else "a,b,c" for number in range(300)):
    total += int(row["a"]) + int(row["b"])
print(total)
# modes: native
