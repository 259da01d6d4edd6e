"""`breakpoint()` and the parts of `sys.monitoring` that name tools and callbacks."""
import os
import sys


def show(function, *arguments):
    try:
        print(function(*arguments))
    except BaseException as error:
        print(type(error).__name__, error)


m = sys.monitoring
show(m.get_tool, 3)
show(m.use_tool_id, 3, "tool")
show(m.get_tool, 3)
show(m.use_tool_id, 3, "other")
show(m.use_tool_id, 9, "tool")
show(m.register_callback, 3, m.events.LINE, print)
show(m.register_callback, 3, m.events.LINE, None)
show(m.get_events, 3)
show(m.free_tool_id, 3)
show(m.get_tool, 3)

sys.breakpointhook = lambda *a, **k: (a, k)
print(breakpoint(1, two=2))
sys.breakpointhook = sys.__breakpointhook__
os.environ["PYTHONBREAKPOINT"] = "0"
print(breakpoint())
os.environ["PYTHONBREAKPOINT"] = "builtins.len"
print(breakpoint([1, 2]))
del sys.breakpointhook
show(breakpoint)
