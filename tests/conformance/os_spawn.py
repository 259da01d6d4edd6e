import posix
import _posixsubprocess


def attempt(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except BaseException as error:
        return type(error).__name__, str(error), getattr(error, "filename", None)


def whole(file):
    parts = []
    while part := posix.read(file, 1000):
        parts.append(part)
    return b"".join(parts)


def run(arguments, programs, close=True, folder=None, environment=None, hook=None, mask=-1, keep=()):
    """What a program writes, what the child reports before it, and how it ends."""
    reading, writing = posix.pipe()
    report_reading, report_writing = posix.pipe()
    process = _posixsubprocess.fork_exec(
        arguments, programs, close, tuple(sorted((report_writing, *keep))), folder, environment,
        -1, -1, reading, writing, -1, -1, report_reading, report_writing, True, False, -1, None, None, None, mask, hook)
    posix.close(writing)
    posix.close(report_writing)
    report, written = whole(report_reading), whole(reading)
    posix.close(reading)
    posix.close(report_reading)
    return written, report, posix.waitstatus_to_exitcode(posix.waitpid(process, 0)[1])


sh = (b"/nope/sh", b"/bin/sh")
print(run(["sh", "-c", "echo $0; exit 4"], sh))
print(run([b"sh", "-c", "echo $A; pwd; umask"], sh, folder="/", environment=[b"A=one"], mask=0o77))
print(run(["sh"], (b"/nope/sh",)), run(["sh"], (b"/",)), run(["sh"], sh, folder="/nope"))
print(run(["sh", "-c", "echo $0"], sh, hook=lambda: posix.write(1, b"hook ")))
print(run(["sh", "-c", "echo never"], sh, hook=lambda: 1 / 0))
print(run(["sh", "-c", "for f in 3 4 5 6 7 8 9; do (: >&$f) 2>/dev/null && echo $f; done"], sh))
for wrong in [(3, (b"a",)), (["a"], ["b"]), ([3], (b"a",)), (["a"], 3)]:
    print(attempt(run, *wrong))
try:
    _posixsubprocess.fork_exec()
except TypeError as error:
    print(error)

for file in (0, 1, 2, 3):
    print(getattr(posix, ["POSIX_SPAWN_OPEN", "POSIX_SPAWN_CLOSE", "POSIX_SPAWN_DUP2", "POSIX_SPAWN_CLOSEFROM"][file]))


def spawn(function, *arguments, **keywords):
    reading, writing = posix.pipe()
    keywords["file_actions"] = [(posix.POSIX_SPAWN_DUP2, writing, 1), *keywords.get("file_actions", ())]
    process = function(*arguments, **keywords)
    posix.close(writing)
    written = whole(reading)
    posix.close(reading)
    return written, posix.waitstatus_to_exitcode(posix.waitpid(process, 0)[1])


print(spawn(posix.posix_spawn, "/bin/sh", ["sh", "-c", "echo $A; exit 3"], {"A": "1"}))
print(spawn(posix.posix_spawnp, "sh", ["sh", "-c", "echo $A"], {b"A": b"2"}, setsigmask=[2], setsigdef=[13], setpgroup=0))
print(spawn(posix.posix_spawn, "/bin/cat", ["cat"], {}, file_actions=[(posix.POSIX_SPAWN_OPEN, 0, "/dev/null", posix.O_RDONLY, 0)]))
for keywords in [{"file_actions": [()]}, {"file_actions": [3]}, {"file_actions": [(0, 1)]}, {"file_actions": [(9,)]}, {"file_actions": 3},
                 {"setsigmask": [99]}, {"scheduler": (1,)}]:
    print(attempt(posix.posix_spawn, "/bin/true", ["true"], {}, **keywords))
print(attempt(posix.posix_spawn, "/nope", ["a"], {}), attempt(posix.posix_spawn, "/nope", [], {}), attempt(posix.posix_spawn, "/nope", ["a"], 3))

# Several buffers, attributes, timers
fd = posix.memfd_create("x")
print(posix.writev(fd, [b"abc", bytearray(b"defg"), b""]), posix.pwritev(fd, [b"X"], 1), posix.lseek(fd, 0, 0))
parts = [bytearray(2), bytearray(10)]
print(posix.readv(fd, parts), parts, posix.preadv(fd, parts, 3), parts, posix.lseek(fd, 0, 0))
part = bytearray(4)
print(posix.readinto(fd, part), part, attempt(posix.readv, fd, 3), attempt(posix.readv, fd, [b"a"]), attempt(posix.readinto, fd, b"a"))
print(posix.copy_file_range(fd, posix.memfd_create("y"), 5, 0), posix.posix_fallocate(fd, 0, 20), posix.fstat(fd).st_size, posix.posix_fadvise(fd, 0, 0, 0))
event = posix.eventfd(3)
print(posix.eventfd_read(event), posix.eventfd_write(event, 5), posix.eventfd_write(event, 2), posix.eventfd_read(event))
timer = posix.timerfd_create(1)
print(posix.timerfd_settime(timer, initial=100.5, interval=2), posix.timerfd_gettime(timer)[1], posix.timerfd_settime_ns(timer, initial=10)[1])
print(len(posix.read(timer, 8)), posix.timerfd_gettime_ns(timer)[1])
print(attempt(posix.getxattr, "/nope", "user.a"), attempt(posix.listxattr, "/nope"), posix.major(posix.makedev(8, 3)), posix.minor(posix.makedev(8, 3)))
master, slave = posix.openpty()
print(posix.isatty(master), posix.ttyname(slave) == posix.ptsname(master), posix.get_terminal_size(slave), posix.device_encoding(slave), posix.device_encoding(fd))
print(posix.sendfile(posix.memfd_create("z"), fd, 0, 4))
