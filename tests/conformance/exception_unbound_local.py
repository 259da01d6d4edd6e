# UnboundLocalError and NameError on paths that hot loops seldom take.
def conditional(i):
    if i != 600:
        value = i
    return value


def run():
    total = 0
    for i in range(1000):
        try:
            total += conditional(i)
        except UnboundLocalError as error:
            print(i, error)
    return total


print(run())


def deleting(rounds):
    x = 0
    for i in range(rounds):
        x += i
        if i == 450:
            del x
            try:
                x += 1
            except UnboundLocalError as error:
                print(error)
            x = 5
    return x


print(deleting(800))


def loop_variable(items):
    for item in items:
        pass
    return item


try:
    loop_variable([])
except UnboundLocalError as error:
    print(type(error).__name__, error)


def except_name():
    error = "before"
    try:
        1 / 0
    except ZeroDivisionError as error:
        pass
    return error


try:
    except_name()
except UnboundLocalError as problem:
    print(problem)
try:
    del nothing
except NameError as problem:
    print(problem)
