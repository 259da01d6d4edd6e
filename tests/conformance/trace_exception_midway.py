# An exception in the middle of inlined calls after a long hot phase; partial effects stay.
effects = []
counter = 0


class Account:
    def __init__(self):
        self.balance = 0
        self.history = []

    def add(self, amount):
        self.history.append(amount)
        self.balance += self.checked(amount)
        self.history.append("done")

    def checked(self, amount):
        global counter
        counter += 1
        return self.convert(amount) + 1

    def convert(self, amount):
        effects.append(counter)
        return 1000 // amount


account = Account()
for i in range(-700, 300):
    try:
        account.add(i)
    except ZeroDivisionError:
        account.history.append("failed")
print(account.balance, counter, len(effects), effects[-1], len(account.history), account.history.index("failed"), account.history[1399:1404])


def store(target, i, value):
    target[i], target[i + 1] = value, value // (i - 650)


data = [0] * 1000
try:
    for i in range(900):
        store(data, i, i * 7)
except ZeroDivisionError:
    print(i, data[649:653])


def nested(i):
    x = [i, i + 1]
    y = {"a": x}
    x[0] = y["a"][1] + inner(y, i)
    return x[0]


def inner(table, i):
    table["a"].append(i)
    if i == 777:
        table["a"] = None
    return len(table["a"])


total = 0
for i in range(1000):
    try:
        total += nested(i)
    except TypeError as error:
        print(i, error)
print(total)
