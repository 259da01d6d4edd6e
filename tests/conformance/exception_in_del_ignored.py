# An exception in __del__ is reported as ignored and the program goes on.
import sys

reports = []


def hook(unraisable):
    reports.append((type(unraisable.exc_value).__name__, str(unraisable.exc_value), unraisable.err_msg.split(" <")[0]))


sys.unraisablehook = hook


class Bad:
    def __init__(self, i):
        self.i = i

    def __del__(self):
        if self.i % 100 == 0:
            raise ValueError(self.i)


total = 0
for i in range(500):
    Bad(i)
    total += i
print(total, reports)
try:
    raise KeyError("kept")
except KeyError:
    Bad(100)
    print(repr(sys.exception()), len(reports))
