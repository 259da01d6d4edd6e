# Exception classes: arguments, attributes, hierarchy, str and repr, matching by tuple and base.
class AppError(Exception):
    pass


class CodeError(AppError):
    def __init__(self, code, *args):
        super().__init__(code, *args)
        self.code = code

    def __str__(self):
        return f"code {self.code}"


class Multi(CodeError, LookupError):
    pass


print(repr(AppError()), str(AppError()), repr(AppError("a")), repr(AppError("a", 1)), str(AppError("a", 1)), AppError("x").args)
for error in (CodeError(3, "extra"), Multi(4)):
    print(str(error), repr(error), error.args, error.code, isinstance(error, LookupError))


def classify(error):
    try:
        raise error
    except (KeyError, IndexError):
        return "lookup"
    except CodeError as e:
        return e.code
    except (AppError, (ValueError)) as e:
        return "app"
    except BaseException:
        return "base"


total = {}
pool = [KeyError(1), Multi(5), CodeError(6), AppError(), ValueError(), SystemExit(), IndexError, KeyboardInterrupt]
for i in range(800):
    kind = classify(pool[i % (4 if i < 400 else 8)])
    total[kind] = total.get(kind, 0) + 1
print(total)
for bad in (5, "x", (ValueError, 5)):
    try:
        try:
            raise KeyError
        except bad:
            pass
    except TypeError as error:
        print(error)
error = ValueError("msg")
error.extra = [1]
error.add_note("a note")
print(error.__dict__, error.__notes__, error == ValueError("msg"), ValueError.__mro__[1:4], error.with_traceback(None) is error)
print(repr(KeyError("k")), str(KeyError("k")), str(KeyError()), repr(OSError(2, "gone")), str(OSError(2, "gone")), OSError(2, "x").errno)
