"""sys.monitoring: tools, their events in order, local events, DISABLE and restart_events."""
import sys

monitoring = sys.monitoring
events = monitoring.events
TOOL = 2
seen = []
names = {value: name for name, value in vars(events).items() if value}


def listen(event):
    def callback(code, *rest):
        if code.co_filename == __file__ and code.co_name != "<module>":
            shown = [item if isinstance(item, str) else type(item).__name__ for item in rest[1:]]
            if event == events.LINE:
                shown = [rest[0] - code.co_firstlineno]
            seen.append((names[event], code.co_name, *shown))

    return callback


def watch(wanted, function, *arguments, local=False):
    seen.clear()
    for event in names:
        if event & wanted and event != events.BRANCH:
            monitoring.register_callback(TOOL, event, listen(event))
    if local:
        monitoring.set_local_events(TOOL, function.__code__, wanted)
    else:
        monitoring.set_events(TOOL, wanted)
    try:
        function(*arguments)
    except Exception as problem:
        print("raised", repr(problem))
    monitoring.set_events(TOOL, 0)
    monitoring.set_local_events(TOOL, function.__code__, 0)
    for event in names:
        monitoring.register_callback(TOOL, event, None)
    for row in seen:
        print(*row)
    print()


def inner(value):
    if value > 1:
        raise ValueError
    return value


def outer(value):
    try:
        total = 0
        for number in range(value):
            total += inner(number)
    except ValueError:
        len("x")
        return "handled"
    return total


def numbers():
    got = yield 1
    yield got


def drives():
    made = numbers()
    next(made)
    made.send("sent")
    try:
        made.throw(KeyError)
    except KeyError:
        pass
    return [*numbers()]


def native():
    len("abc")
    try:
        int("x")
    except ValueError:
        pass


monitoring.use_tool_id(TOOL, "test")
print(monitoring.get_tool(TOOL))
watch(events.PY_START | events.PY_RETURN | events.PY_UNWIND, outer, 4)
watch(events.LINE, outer, 2)
watch(events.LINE | events.PY_START, outer, 2, local=True)
watch(events.RAISE | events.RERAISE | events.EXCEPTION_HANDLED | events.PY_UNWIND, outer, 3)
watch(events.PY_START | events.PY_RESUME | events.PY_YIELD | events.PY_THROW | events.PY_RETURN, drives)
watch(events.CALL | events.C_RETURN | events.C_RAISE, native)

count = 0


def disabling(code, line):
    global count
    count += 1
    return monitoring.DISABLE


def loop():
    for _ in range(10):
        pass


monitoring.register_callback(TOOL, events.LINE, disabling)
monitoring.set_local_events(TOOL, loop.__code__, events.LINE)
for _ in range(2):
    loop()
print(count)
monitoring.restart_events()
loop()
print(count, monitoring.get_local_events(TOOL, loop.__code__) == events.LINE)
monitoring.free_tool_id(TOOL)
loop()
print(count, monitoring.get_tool(TOOL))
for bad in (lambda: monitoring.set_events(TOOL, events.LINE), lambda: monitoring.use_tool_id(9, "x"),
            lambda: monitoring.set_events(TOOL, events.C_RAISE)):
    try:
        bad()
    except ValueError as problem:
        print(problem)
