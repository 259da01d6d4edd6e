# Bare raise, re-raising from deeper calls, the current exception after handlers.
import sys


def again():
    raise


def handler(depth):
    if depth:
        handler(depth - 1)
    else:
        again()


try:
    try:
        raise ValueError("first")
    except ValueError:
        handler(3)
except ValueError as error:
    depth = 0
    tb = error.__traceback__
    while tb:
        depth += 1
        tb = tb.tb_next
    print(error, depth)
print(sys.exc_info(), sys.exception())
try:
    again()
except RuntimeError as error:
    print(error)
seen = []
for i in range(500):
    try:
        try:
            if i % 4 == 0:
                raise KeyError(i)
            if i % 4 == 1:
                raise IndexError(i)
        except KeyError:
            assert sys.exception().args == (i,)
            try:
                raise TypeError
            except TypeError:
                pass
            assert sys.exc_info()[1].args == (i,)
            raise
        except IndexError as error:
            raise error
        finally:
            seen.append(i)
    except LookupError as error:
        seen.append(type(error).__name__)
print(len(seen), seen[:6], sys.exception())
try:
    error
except NameError as missing:
    print(missing)
try:
    raise ValueError
except ValueError as error:
    del error
print("error" in globals())
