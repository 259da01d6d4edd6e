# `except*`: groups are taken apart, what is left is raised again.
import sys


def show(exception, indent=0):
    text = type(exception).__name__ + "(" + repr(exception.args[0] if exception.args else "") + ")"
    print(" " * indent + text)
    for inner in getattr(exception, "exceptions", ()):
        show(inner, indent + 2)


def group(*members, message="group"):
    return ExceptionGroup(message, members)


def attempt(function):
    try:
        function()
    except BaseException as error:
        show(error)
        return error
    print("nothing raised")


def split_in_three():
    try:
        raise group(ValueError(1), group(TypeError(2), ValueError(3)), OSError(4))
    except* ValueError as taken:
        show(taken)
        print(sys.exception() is taken)
    except* TypeError as taken:
        show(taken)
    print("not reached")


attempt(split_in_three)


def all_taken():
    try:
        raise group(ValueError(1), TypeError(2))
    except* (ValueError, TypeError) as taken:
        show(taken)
    else:
        print("not reached")
    finally:
        print("finally")
    try:
        taken
    except NameError as error:
        print(error)
    print(sys.exception())


attempt(all_taken)


def plain():
    try:
        raise ValueError("plain")
    except* ValueError as taken:
        show(taken)
        print(repr(taken.exceptions[0].__traceback__ is not None), taken.__traceback__ is not None)


attempt(plain)


def plain_left():
    try:
        raise ValueError("plain")
    except* TypeError:
        print("not reached")


error = attempt(plain_left)
print(error.__context__)


def raises_in_clauses():
    try:
        raise group(ValueError(1), TypeError(2), OSError(3))
    except* ValueError:
        raise KeyError("new")
    except* TypeError as taken:
        raise LookupError("other") from taken


error = attempt(raises_in_clauses)
print([type(inner.__context__).__name__ for inner in error.exceptions], type(error.exceptions[1].__cause__).__name__)


def raises_one():
    try:
        raise group(ValueError(1))
    except* ValueError:
        raise KeyError("new")


print(type(attempt(raises_one).__context__).__name__)


def raises_again():
    try:
        raise group(ValueError(1), TypeError(2), group(ValueError(3), OSError(4), message="inner"))
    except* ValueError:
        raise
    except* TypeError:
        pass


attempt(raises_again)


def raises_taken():
    try:
        raise group(ValueError(1), TypeError(2))
    except* ValueError as taken:
        raise taken


attempt(raises_taken)


def plain_raises():
    try:
        raise ValueError(1)
    except* ValueError as taken:
        raise


attempt(plain_raises)


def no_error():
    try:
        print("body")
    except* ValueError:
        print("not reached")
    else:
        print("else")


attempt(no_error)


def wrong_class():
    try:
        raise group(ValueError(1))
    except* 3:
        pass


print(type(attempt(wrong_class).__context__).__name__)


def group_class():
    try:
        raise group(ValueError(1))
    except* ExceptionGroup:
        pass


attempt(group_class)


def base_group():
    try:
        raise BaseExceptionGroup("base", [KeyboardInterrupt(), ValueError(1)])
    except* KeyboardInterrupt as taken:
        show(taken)
    except* Exception as taken:
        show(taken)


attempt(base_group)


def notes():
    try:
        error = group(ValueError(1), TypeError(2))
        error.add_note("noted")
        raise error
    except* ValueError as taken:
        print(taken.__notes__)


print(attempt(notes).__notes__)


class Own(ExceptionGroup):
    def derive(self, members):
        return Own("derived", members)


def derived():
    try:
        raise Own("own", [ValueError(1), TypeError(2)])
    except* ValueError as taken:
        show(taken)


attempt(derived)


class Bad(ExceptionGroup):
    def split(self, condition):
        return self.answer


def bad_split(answer):
    error = Bad("bad", [ValueError(1)])
    error.answer = answer
    try:
        raise error
    except* TypeError:
        print("not reached")


for answer in (3, (1,), (None, ValueError(7))):
    attempt(lambda: bad_split(answer))


def nested():
    try:
        try:
            raise group(ValueError(1), TypeError(2), OSError(3))
        except* ValueError:
            print("inner")
    except* TypeError:
        print("outer")


attempt(nested)


def loops():
    count = 0
    for i in range(200):
        try:
            if i % 3 == 0:
                raise group(ValueError(i), KeyError(i))
            if i % 3 == 1:
                raise KeyError(i)
        except* ValueError as taken:
            for j in range(3):
                if j == 1:
                    break
                count += len(taken.exceptions)
        except* KeyError as taken:
            count += 10
        finally:
            count += 1000
    return count


print(loops())


def in_generator():
    try:
        yield 1
    except* ValueError as taken:
        got = yield taken.exceptions
        print(got, sys.exception() is taken)
    yield "end"


g = in_generator()
next(g)
print(g.throw(group(ValueError(1))), g.send("sent"))

for source in (
    "for x in y:\n try: pass\n except* A:\n  break",
    "for x in y:\n try: pass\n except* A:\n  continue",
    "def f():\n try: pass\n except* A:\n  return",
    "for x in y:\n try: pass\n except* A:\n  for i in z: break",
    "try: pass\nexcept* A, B: pass",
):
    try:
        compile(source, "<s>", "exec")
        print("fine")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset)

print(ExceptionGroup[int], BaseExceptionGroup[int])
attempt(lambda: group(ValueError(1), TypeError(2)).split(3))
print(group(ValueError(1), TypeError(2)).subgroup(lambda e: isinstance(e, TypeError)))
raise group(ValueError(1), group(TypeError("two"), message="inner"))
