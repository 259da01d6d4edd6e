# assert with and without message; the message is evaluated only on failure.
evaluated = 0


def message():
    global evaluated
    evaluated += 1
    return "lazy message"


assert True, message()
print(evaluated)
try:
    assert 0, message()
except AssertionError as error:
    print(repr(error), evaluated)
try:
    assert []
except AssertionError as error:
    print(repr(error), error.args)
failures = 0
for i in range(1000):
    try:
        assert i % 100 != 50, (i, "tuple message")
        assert i < 900, f"{i} is too large"
    except AssertionError as error:
        failures += 1
        last = error.args
print(failures, last)


class Truth:
    def __bool__(self):
        raise ValueError("undecided")


try:
    assert Truth()
except ValueError as error:
    print(error)
AssertionErrorSaved = AssertionError
AssertionError = KeyError
try:
    assert False, "still the builtin"
except AssertionErrorSaved as error:
    print(type(error).__name__, error)
