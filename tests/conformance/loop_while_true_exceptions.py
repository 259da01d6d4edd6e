# while True loops that only an exception ends.
def drain(iterator):
    total = 0
    while True:
        try:
            total += next(iterator)
        except StopIteration:
            return total


def digits(n):
    result = []
    try:
        while True:
            result.append(n % 10)
            n //= 10
            1 // n
    except ZeroDivisionError:
        return result[::-1]


def retry(limit):
    attempts = 0
    while True:
        attempts += 1
        try:
            if attempts % 3:
                raise ValueError(attempts)
            if attempts < limit:
                raise KeyError(attempts)
            return attempts
        except ValueError:
            continue
        except KeyError as error:
            if error.args[0] > 800:
                break
        finally:
            if attempts > 5000:
                print("too many")
    return -attempts


print(drain(iter(range(1000))), drain(iter([])), digits(1234567890), sum(sum(digits(i)) for i in range(300)), retry(300), retry(2000))


def consume(items):
    taken = []
    while True:
        try:
            taken.append(items.pop())
            if len(items) == 150:
                items.clear()
        except IndexError as error:
            return len(taken), str(error)


print(consume(list(range(500))))
stack = [0]
pushed = 0
try:
    while True:
        value = stack.pop()
        pushed += 1
        if pushed < 900:
            stack.extend((value + 1, value + 2))
except IndexError:
    print(pushed)
