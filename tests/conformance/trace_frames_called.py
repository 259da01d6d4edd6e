# Frames inlined in a trace, looked at by Python code that something in the trace calls.
import sys


def chain(depth=6):
    """Names, lines and locals of the frames below the caller, the innermost first."""
    frame, seen = sys._getframe(1), []
    while frame is not None and len(seen) < depth:
        code = frame.f_code
        shown = {name: value for name, value in frame.f_locals.items() if isinstance(value, (int, str))}
        if code.co_name == "<module>":
            shown = {}
        seen.append((code.co_name, frame.f_lineno - code.co_firstlineno, shown))
        frame = frame.f_back
    return seen


class Number:
    """Each special method looks at the frames now and then."""

    seen = []

    def __init__(self, value, period):
        self.value = value
        self.period = period

    def look(self):
        if self.value % self.period == self.period - 1:
            Number.seen.append(chain())

    def __eq__(self, other):
        self.look()
        return self.value == other.value

    def __hash__(self):
        self.look()
        return hash(self.value)

    def __repr__(self):
        self.look()
        return str(self.value)

    def __len__(self):
        self.look()
        return 1 + self.value % 2

    def __getattr__(self, name):
        self.look()
        return len(name)


def in_dict(number, table, turn):
    scaled, key = turn * 2.5, number
    return scaled + table.get(key, turn)


def in_list(number, items):
    name = "in_list"
    return items.count(number) + len(name)


def in_text(number):
    before = "before"
    text = f"{number!r}"
    after = "after"
    return len(before + text + after)


def in_sort(values, turn):
    period = 400
    return sorted(values, key=lambda value: looked(value, turn, period))[0]


def looked(value, turn, period):
    if turn % period == period - 1:
        Number.seen.append(chain())
    return -value


def in_map(values, turn):
    return sum(map(lambda value: looked(value, turn, 900), values))


def in_attribute(number):
    wanted = "missing"
    return number.missing + len(wanted)


def work(turn, table, items):
    number = Number(turn, 700)
    total = in_dict(number, table, turn)
    total += in_list(Number(turn, 650), items)
    total += in_text(Number(turn, 640))
    total += in_sort([turn, 3, 1], turn)
    total += in_map((turn, turn + 1), turn)
    total += in_attribute(Number(turn, 630))
    table.clear()
    return total


def run(rounds):
    table, items, total = {}, [Number(5, 10000), Number(6, 10000)], 0
    for turn in range(rounds):
        total += work(turn, table, items)
    return total


print(run(2600))
print(len(Number.seen))
for entry in Number.seen:
    print(entry)


class Writer:
    """Changes a local of the frame that calls it."""

    def __init__(self, period):
        self.period = period

    def __eq__(self, other):
        if other % self.period == 0:
            sys._getframe(1).f_locals["changed"] = f"by {other}"
            sys._getframe(2).f_locals["outer"] = other
        return False


def compare(writer, turn):
    changed = "not"
    same = [writer].count(turn)
    return changed, same


def write(rounds):
    writer, kinds, outer, sums = Writer(777), {}, -1, 0
    for turn in range(1, rounds):
        changed, same = compare(writer, turn)
        kinds[changed] = kinds.get(changed, 0) + 1
        sums += outer
    return kinds, outer, sums


print(write(3000))


class Keeper:
    """Keeps frame objects: they stay those of the frames after the trace was left."""

    kept = []

    def __eq__(self, other):
        if other % 800 == 799:
            Keeper.kept.append((sys._getframe(1), sys._getframe(2)))
        return False


def kept_frames(keeper, turn):
    local = turn + 1
    found = [keeper].count(turn)
    if Keeper.kept:
        inner, outer = Keeper.kept.pop()
        same = inner is sys._getframe() or inner.f_code is sys._getframe().f_code
        return same, inner.f_locals["local"] - local, outer.f_locals["turn"] - turn, outer.f_code.co_name, found
    return None


def keep(rounds):
    keeper, results = Keeper(), []
    for turn in range(rounds):
        result = kept_frames(keeper, turn)
        if result is not None:
            results.append(result)
    return results


print(keep(3000))


class Failing:
    def __eq__(self, other):
        if other % 900 == 899:
            raise ValueError(other)
        return other == 7


def fails(failing, turn):
    doubled = turn * 2
    return [failing].count(turn) + doubled


def caught(failing, turn):
    try:
        return fails(failing, turn)
    except ValueError as error:
        entries, entry = [], error.__traceback__
        while entry is not None:
            frame = entry.tb_frame
            entries.append((frame.f_code.co_name, entry.tb_lineno - frame.f_code.co_firstlineno, frame.f_locals.get("doubled")))
            entry = entry.tb_next
        return entries


def raise_now_and_then(rounds):
    failing, results = Failing(), []
    for turn in range(rounds):
        result = caught(failing, turn)
        if type(result) is list:
            results.append(result)
    return results


for result in raise_now_and_then(2800):
    print(result)


def recurse(n, turn):
    if n == 0:
        return sorted([2, 1], key=lambda value: looked(value, turn, 500))[0]
    return recurse(n - 1, turn) + 1


def deep(rounds):
    return sum(recurse(turn % 9, turn) for turn in range(rounds))


Number.seen.clear()
print(deep(1600))
for entry in Number.seen:
    print(entry)
