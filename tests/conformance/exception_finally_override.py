# A finally clause that overrides a return value, and what it must not change.
def rebinding():
    value = 1
    try:
        return value
    finally:
        value = 2


def mutating():
    items = [1]
    try:
        return items
    finally:
        items.append(2)


def replaced():
    try:
        raise ValueError("first")
    finally:
        raise KeyError("second")


def count():
    order = []
    try:
        try:
            order.append("body")
            raise ValueError
        finally:
            order.append("inner finally")
    except ValueError:
        order.append("except")
    finally:
        order.append("outer finally")
    return order


print(rebinding(), mutating(), count())
try:
    replaced()
except KeyError as error:
    print(error, repr(error.__context__), error.__suppress_context__)
total = 0
for i in range(1000):
    try:
        total += rebinding() + len(mutating())
        if i % 10 == 9:
            replaced()
    except KeyError:
        total += 7
    finally:
        total += 1
print(total)


def loop_in_finally():
    result = 0
    try:
        result = 1
        return result
    finally:
        for i in range(300):
            try:
                if i == 250:
                    raise IndexError
                if i % 2:
                    continue
                result += i
            except IndexError:
                break
        print("left at", i, result)


print(loop_in_finally())
