# Truths that a comparison or `not` finds by calling Python, of results whose type changes.
class Answer:
    def __init__(self, kind):
        self.kind = kind
    def __gt__(self, other):
        return self.kind
    def __lt__(self, other):
        return self.kind

class Truth:
    def __init__(self, value):
        self.value = value
    def __bool__(self):
        return self.value

def reflected(answers):
    taken = 0
    for answer in answers:
        if 5 < answer:
            taken += 1
    return taken

def direct(answers):
    taken = 0
    for answer in answers:
        if answer < 5:
            taken += 1
    return taken

def negated(values):
    return [not value for value in values].count(True)

def absent(items, container):
    return sum([item not in container for item in items])

kinds = [[1], True, 1, "x", Truth(True), False, 0, [], "", None, Truth(False)]
for first in kinds:
    for second in kinds:
        answers = [Answer(first)] * 60 + [Answer(second)] * 30
        print(reflected(answers), direct(answers), end=" ")
    print()
print(negated([Truth(True)] * 50 + [Truth(False)] * 20 + [[]] * 5 + ["a", ""] * 7 + [0, 1.5, 0.0, None]))
print(absent([1, 2, "a", None] * 40, {1: 2, "a": 3}), absent("abcx" * 30, "xyz"))

class Refuses:
    def __bool__(self):
        raise ValueError("no truth")

for function in (reflected, direct):
    try:
        function([Answer(True)] * 50 + [Answer(Refuses())])
    except ValueError as error:
        print(function.__name__, error)
try:
    negated([Truth(True)] * 50 + [Refuses()])
except ValueError as error:
    print("negated", error)
