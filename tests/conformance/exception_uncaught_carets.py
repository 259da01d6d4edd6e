# The marks below the failing expression, for calls, operators, subscripts and attributes.
def left(a, b):
    return a.value + b["key"]["other"] * (a @ b)


def call(function, *arguments):
    return function(*arguments, len(arguments)) + 1


def over_lines(a):
    return call(
        left,
        a,
    )


class Thing:
    value = 1


try:
    left(Thing(), {"key": {}})
except KeyError as error:
    print(error)
try:
    left(Thing(), {"key": {"other": 2}})
except TypeError as error:
    print(error)
over_lines(Thing)
