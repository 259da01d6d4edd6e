# Where a frame is that an exception has left: at the end of the `finally` or the last `except` that it came through.
# modes: off on
import sys


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        return False


def other_except():
    try:
        1 / 0
    except ValueError:
        pass


def through_finally():
    try:
        1 / 0
    finally:
        x = 1
        x = 2


def through_with():
    with Manager():
        1 / 0


def raised_again():
    try:
        1 / 0
    except ZeroDivisionError as error:
        x = 1
        raise


def raised_anew():
    try:
        1 / 0
    except ZeroDivisionError as error:
        x = 1
        raise error


def branch_in_finally():
    try:
        1 / 0
    finally:
        x = 1
        if x:
            x = 3


def several():
    try:
        try:
            1 / 0
        finally:
            x = 1
    except KeyError:
        x = 5
    except ValueError:
        x = 7


def mixed():
    try:
        with Manager():
            try:
                1 / 0
            finally:
                x = 9
    finally:
        x = 8


def loop():
    for i in (1,):
        try:
            1 / 0
        except ZeroDivisionError:
            try:
                missing()
            finally:
                y = 1


def match_without_default(command):
    match command.split():
        case ["go", direction] if direction in "nesw":
            return direction
        case ["go", _]:
            return "no"


def match_unreachable(command):
    match command:
        case 1:
            if False:
                return 1
        case _:
            if False:
                return 0


def class_with_branch():
    class A:
        if 3 < 9:
            a = 1
        else:
            a = 2


def with_target_below():
    with Manager() \
            as x:
        return x is None


def run(function, *arguments):
    first = function.__code__.co_firstlineno
    events = []

    def trace(frame, event, argument):
        if frame.f_code.co_filename == __file__ and frame.f_code.co_name != "run" and "__" not in frame.f_code.co_name:
            bound = "x" in frame.f_locals
            events.append((event, frame.f_lineno - first, bound))
            return trace

    traceback = None
    sys.settrace(trace)
    try:
        function(*arguments)
    except Exception as error:
        traceback = error.__traceback__.tb_next
    sys.settrace(None)
    print(function.__name__, events)
    if traceback is not None:
        print(traceback.tb_frame.f_lineno - first, traceback.tb_lineno - first)
        for number in range(60):
            try:
                function(*arguments)
            except Exception as error:
                traceback = error.__traceback__.tb_next
        print(traceback.tb_frame.f_lineno - first, traceback.tb_lineno - first)


for function in [other_except, through_finally, through_with, raised_again, raised_anew, branch_in_finally, several, mixed, loop]:
    run(function)
run(match_without_default, "go n")
run(match_without_default, "go x")
run(match_without_default, "spam")
run(match_unreachable, 1)
run(match_unreachable, 0)
run(class_with_branch)
run(with_target_below)

code = compile("\n# nothing\nvalue = 2\n", "<module of its own>", "exec")


def module_trace(frame, event, argument):
    if frame.f_code is code:
        print(event, frame.f_lineno)
    return module_trace


sys.settrace(module_trace)
exec(code, {})
sys.settrace(None)
