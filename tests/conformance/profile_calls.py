# cProfile: how often functions are called, by whom, and how long they take by a clock of the program's own.
import cProfile
import io
import pstats
import sys


def fibonacci(number):
    return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)


def numbers(count):
    for number in range(count):
        yield number


def work():
    items = []
    for number in range(5):
        items.append(fibonacci(number))
        len(items)
    "-".join(["a", "b"])
    dict.fromkeys("ab")
    str.maketrans({})
    sorted(items)
    sum(numbers(3))
    try:
        int("no number")
        raise AssertionError
    except ValueError:
        pass
    try:
        fail(1)
    except ZeroDivisionError:
        pass


def fail(number):
    return number / 0


class Ticks:
    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        return self.count


def show(profile):
    profile.create_stats()
    for (file, line, name), (primitive, calls, own, total, callers) in sorted(profile.stats.items(), key=lambda row: row[0][2]):
        by = sorted((caller[2], figures[:2]) for caller, figures in callers.items())
        print(line, name, primitive, calls, by)


profile = cProfile.Profile()
profile.runcall(work)
show(profile)
print(sorted(len(entry) for entry in profile.getstats()), type(profile.getstats()[0]).__name__)

# Seconds by a clock that counts.
profile = cProfile.Profile(Ticks(), 0.5)
profile.enable(builtins=False)
fibonacci(3)
profile.disable()
for entry in profile.getstats():
    print(entry.code.co_name, entry[1:5], [call[1:] for call in entry.calls])
profile.clear()
print(profile.getstats())

profile.enable(subcalls=False)
fibonacci(2)
profile.disable()
for entry in profile.getstats():
    if not isinstance(entry.code, str):
        print(entry.code.co_name, entry.callcount, entry.reccallcount)

stream = io.StringIO()
profile = cProfile.Profile()
profile.run("fibonacci(4)")
pstats.Stats(profile, stream=stream).strip_dirs().sort_stats("name").print_stats(0)
print(stream.getvalue().split(" in ")[0].strip())

one, other = cProfile.Profile(), cProfile.Profile()
one.enable()
try:
    other.enable()
except ValueError as error:
    print(error)
print(sys.monitoring.get_tool(sys.monitoring.PROFILER_ID))
one.disable()
print(sys.monitoring.get_tool(sys.monitoring.PROFILER_ID))
