# An __init__ that returns something: the error, and whom its traceback names.
class Wrong:
    def __init__(self, result=1):
        self.result = result
        return result


def lines(error):
    found = []
    trace = error.__traceback__
    while trace is not None:
        found.append((trace.tb_frame.f_code.co_name, trace.tb_lineno))
        trace = trace.tb_next
    return found


def make(result):
    return Wrong(result)


class Sub(Wrong):
    pass


class Calls(Wrong):
    def __init__(self):
        super().__init__("x")
        print("a result of a plain call is allowed")


class Meta(type):
    pass


class OfMeta(metaclass=Meta):
    def __init__(self):
        return []


for function in (
    lambda: Wrong(), lambda: Wrong(1.5), lambda: Wrong(result="text"), lambda: Wrong(*[()]), lambda: make([]),
    lambda: Sub(Wrong), lambda: OfMeta(), lambda: make(NotImplemented),
):
    try:
        function()
    except TypeError as error:
        print(error, lines(error))

Calls()
print(make(None).result)


def hot():
    errors = 0
    for number in range(3000):
        try:
            Wrong(number if number % 100 == 99 else None)
        except TypeError as error:
            errors += 1
            message = str(error)
    return errors, message


print(hot())


class Deleted:
    live = 0

    def __init__(self, result):
        Deleted.live += 1
        self.held = result
        return result

    def __del__(self):
        Deleted.live -= 1


for number in range(200):
    try:
        Deleted([number])
    except TypeError:
        pass
print(Deleted.live)
