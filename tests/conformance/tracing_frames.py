"""Frames are one object each: while they run, when they are suspended and after they have ended."""
import sys


def own():
    here = sys._getframe()
    return here, here is sys._getframe(), here.f_back


me = sys._getframe()
for _ in range(3):
    left, same, caller = own()
    print(same, caller is me, left.f_back is me, left.f_locals["here"] is left, left.f_lineno - left.f_code.co_firstlineno)


def chain(depth):
    if depth:
        return chain(depth - 1)
    return sys._getframe()


frame, names = chain(3), []
while frame is not me:
    names.append(frame.f_locals["depth"])
    frame = frame.f_back
print(names)


def numbers():
    yield sys._getframe()
    yield sys._getframe()


made = numbers()
suspended = made.gi_frame
print([running is suspended and running is made.gi_frame for running in made], made.gi_frame, suspended.f_back)


def fails(value):
    local = value * 2
    raise ValueError(local)


def passes(value):
    inner = value + 1
    fails(inner)


def catches(value):
    try:
        passes(value)
    except ValueError as problem:
        entry = problem.__traceback__
        frames = []
        while entry:
            frames.append(entry.tb_frame)
            entry = entry.tb_next
        print([frame.f_code.co_name for frame in frames], frames[0] is sys._getframe())
        print(frames[2].f_back is frames[1], frames[1].f_back is frames[0], frames[2].f_locals, frames[1].f_locals)
        return frames


for value in range(3):
    frames = catches(value)
    print(frames[2].f_back.f_back is frames[0], frames[0].f_back is me, frames[0].f_locals["value"])


def writes():
    x = 1
    proxy = sys._getframe().f_locals
    proxy["x"] = 5
    proxy["new"] = 6
    print(x, proxy["new"], sorted(name for name in proxy), "new" in sys._getframe().f_locals)
    print(proxy | {"x": 7}, proxy.pop("new"), len(proxy))
    for attempt in ("x", "new"):
        try:
            del proxy[attempt]
        except Exception as problem:
            print(repr(problem))
    return sys._getframe()


ended = writes()
print(ended.f_locals["x"])
ended.clear()
print(ended.f_locals)
try:
    me.clear()
except RuntimeError as problem:
    print(problem)
