# The % operator: tuples, mappings, widths and errors.
print("%s and %r" % ("a", "a"), "%s" % "one", "%s" % ("one",), "%s" % [1, 2], "%d%%" % 50, "%5s|%-5s|%.2s" % ("a", "b", "cde"))
print("%(name)s is %(age)03d" % {"name": "Ann", "age": 7}, "%a" % "é", "%c%c" % ("x", 121), "%s" % None, "%r" % ((1,),))
print("%-8.3f|%+d|% d|%08.2f|%e" % (3.14159, 5, 5, -3.14159, 12345.678), "%#o %#x %X" % (8, 255, 255))
total = 0
for i in range(600):
    total += len("%d:%s:%5.1f" % (i, chr(65 + i % 26), i / 3)) + len("%(a)x" % {"a": i, "b": 0})
print(total)


class Name:
    def __str__(self):
        return "str-name"

    def __repr__(self):
        return "repr-name"


print("%s %r" % (Name(), Name()), "%s" % Name(), "no args" % ())
for template, arguments in (("%d %d", (1,)), ("%d", (1, 2)), ("%s", ()), ("%(a)s", {}), ("%(a)s", 1), ("%q", 1),
                            ("%", 1), ("x", 5), ("%d", "s")):
    try:
        print(template % arguments)
    except (TypeError, KeyError, ValueError) as error:
        print(type(error).__name__, error)
