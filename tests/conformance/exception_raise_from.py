# raise from, implicit context, suppression, and chains.
def convert(text):
    try:
        return int(text)
    except ValueError as error:
        raise KeyError(text) from error


def implicit():
    try:
        {}["k"]
    except KeyError:
        [].pop()


def suppressed():
    try:
        1 / 0
    except ZeroDivisionError:
        raise RuntimeError("clean") from None


for function, argument in ((convert, "x"), (implicit, None), (suppressed, None)):
    try:
        function(argument) if argument else function()
    except Exception as error:
        print(repr(error), repr(error.__cause__), repr(error.__context__), error.__suppress_context__)
chains = 0
for i in range(500):
    try:
        convert(str(i) if i % 3 else "bad")
    except KeyError as error:
        while error is not None:
            chains += 1
            error = error.__cause__ or error.__context__
print(chains)


def attempt(thing, cause=None):
    if cause is not None:
        raise thing from cause
    raise thing


for arguments in ((5,), (int,), (ValueError, 5), (None,), (ValueError, KeyError), ("text",)):
    try:
        attempt(*arguments)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error, repr(error.__cause__))


class Weird(Exception):
    def __new__(cls):
        return []


try:
    raise Weird
except TypeError as error:
    print(error)
e = ValueError(1)
try:
    try:
        raise e
    except ValueError:
        raise e
except ValueError as error:
    print(error is e, error.__context__)
