# Errors in __enter__, __exit__, missing methods, replaced exceptions.
class Broken:
    def __init__(self, enter=False, leave=False):
        self.enter, self.leave = enter, leave

    def __enter__(self):
        if self.enter:
            raise ValueError("enter")
        return self

    def __exit__(self, *details):
        if self.leave:
            raise KeyError("leave")
        return False


class NoExit:
    def __enter__(self):
        pass


class NoEnter:
    def __exit__(self, *details):
        pass


def use(manager, fail):
    with manager as m:
        if fail:
            raise IndexError("body")
    return "fine"


for manager in (Broken(), Broken(enter=True), Broken(leave=True), NoExit(), NoEnter(), 5):
    for fail in (False, True):
        try:
            print(use(manager, fail))
        except Exception as error:
            print(type(error).__name__, error, repr(error.__context__))
counts = {}
for i in range(600):
    try:
        key = use(Broken(enter=i % 7 == 6, leave=i % 5 == 4), i % 3 == 2)
    except (ValueError, KeyError, IndexError) as error:
        key = error.args[0]
    counts[key] = counts.get(key, 0) + 1
print(counts)
