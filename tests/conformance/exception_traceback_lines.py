# Line numbers of a traceback, seen from Python, also from inside hot loops.
def lines(error):
    result = []
    tb = error.__traceback__
    while tb is not None:
        result.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
        tb = tb.tb_next
    return result


def deep(x):
    y = x + 1
    return (
        y
        // (x - 5)
    )


def middle(x):
    if x > 3:
        return deep(
            x
        )
    return deep(x)


def run(values):
    found = {}
    for value in values:
        try:
            middle(value)
        except Exception as error:
            key = tuple(lines(error)) + (type(error).__name__,)
            found[key] = found.get(key, 0) + 1
    return found


for key, count in run([1, 5, 2] * 200 + ["a", None] * 3 + [5.0]).items():
    print(count, key)


def reraised():
    try:
        deep(5)
    except ZeroDivisionError:
        x = 1
        raise


try:
    reraised()
except ZeroDivisionError as error:
    print(lines(error))
    try:
        raise error
    except ZeroDivisionError as again:
        print(lines(again)[-3:], again is error)
