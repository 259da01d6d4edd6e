# sys.exit with a text writes it to stderr and ends with code 1.
import sys


def leave(i):
    if i > 800:
        sys.exit(f"stopped at {i}")
    return i


try:
    leave(900)
except SystemExit as error:
    print(repr(error), error.code)
total = 0
for i in range(2000):
    total += leave(i)
