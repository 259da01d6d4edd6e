import posix
import errno


def attempt(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except BaseException as error:
        return type(error).__name__, str(error), getattr(error, "filename", None)


def child(action):
    """Runs an action in a child; what it writes, and how it ends."""
    reading, writing = posix.pipe()
    process = posix.fork()
    if process == 0:
        try:
            posix.close(reading)
            posix.dup2(writing, 1)
            posix._exit(action() or 0)
        finally:
            posix._exit(99)
    posix.close(writing)
    parts = []
    while part := posix.read(reading, 1000):
        parts.append(part)
    posix.close(reading)
    waited, status = posix.waitpid(process, 0)
    return waited == process, b"".join(parts), posix.waitstatus_to_exitcode(status)


print(child(lambda: posix.write(1, b"from the child") and 3))
print(child(lambda: posix.kill(posix.getpid(), 9)))
print(child(lambda: posix.execv("/bin/sh", ["sh", "-c", "echo $0 $1; exit 5", "x"])))
print(child(lambda: posix.execve("/bin/sh", ("sh", b"-c", "echo $A $B"), {"A": "1", b"B": b"\xff"})))
print(child(lambda: posix.abort()))


def deep(n):
    return posix.write(1, str(n).encode()) if n == 0 else deep(n - 1)


print(child(lambda: deep(100)))

for arguments in [("a", []), ("a", [""]), ("a", 3), ("a", [1]), (1, ["a"]), ("nope/nope", ["a"]), ("a\0", ["a"]), ("a", ["a\0"])]:
    print(attempt(posix.execv, *arguments))
for arguments in [("a", ["a"], 3), ("a", ["a"], {1: 2}), ("a", ["a"], {"": "2"}), ("a", ["a"], {"a=": "2"}), ("a", [], {})]:
    print(attempt(posix.execve, *arguments))

# Statuses
for status in (0, 0x300, 9, 0x80 | 6, 0x137f, 0xffff):
    print(status, posix.WIFEXITED(status), posix.WEXITSTATUS(status), posix.WIFSIGNALED(status), posix.WTERMSIG(status),
          posix.WIFSTOPPED(status), posix.WSTOPSIG(status), posix.WIFCONTINUED(status), posix.WCOREDUMP(status),
          attempt(posix.waitstatus_to_exitcode, status))
print(attempt(posix.WEXITSTATUS, "a"), attempt(posix.waitpid, -1, posix.WNOHANG), attempt(posix.wait))
process = posix.fork()
if process == 0:
    posix._exit(7)
found = posix.waitid(posix.P_PID, process, posix.WEXITED)
print(found.si_pid == process, found.si_status, found.si_code == posix.CLD_EXITED, found.si_signo, type(found).__name__, len(found))

# Functions around a fork
order = []
posix.register_at_fork(before=lambda: order.append("before 1"), after_in_parent=lambda: order.append("parent 1"))
posix.register_at_fork(before=lambda: order.append("before 2"), after_in_child=lambda: order.append("child 2"))
print(child(lambda: posix.write(1, repr(order).encode()) and 0), order)
print(attempt(posix.register_at_fork), attempt(posix.register_at_fork, before=3), attempt(posix.register_at_fork, lambda: 0))

# The environment
print(type(posix.environ), all(isinstance(key, bytes) for key in posix.environ))
print(posix.putenv("SIDEWINDER_TEST", "one"), posix._create_environ()[b"SIDEWINDER_TEST"])
print(child(lambda: posix.execv("/bin/sh", ["sh", "-c", "echo $SIDEWINDER_TEST"])))
print(posix.unsetenv(b"SIDEWINDER_TEST"), b"SIDEWINDER_TEST" in posix._create_environ())
for arguments in [(1, 2), ("a=", "b"), ("a\0", "b"), ("", "b")]:
    print(attempt(posix.putenv, *arguments))
for argument in ("a=", "", 3):
    print(attempt(posix.unsetenv, argument))

# Who it is
print(posix.getpid() > 0, posix.getppid() > 0, posix.getpgrp() == posix.getpgid(0), posix.getsid(0) >= 0)
print(posix.getuid() == posix.getresuid()[0], posix.getgid() == posix.getresgid()[0], posix.getegid() >= 0, posix.geteuid() >= 0)
print(isinstance(posix.getgroups(), list), attempt(posix.kill, 99999999, 0), attempt(posix.kill, "a", 1), attempt(posix.getpgid, -5))
print(posix.cpu_count() >= 1, posix.sysconf("SC_PAGESIZE") > 0, posix.confstr("CS_PATH"), posix.strerror(2), posix.strerror(99999))
print(posix.system("exit 3") >> 8, posix.system("true"), attempt(posix.system, 3))
print(len(posix.urandom(16)), len(posix.getrandom(5)), posix.urandom(0), attempt(posix.urandom, -1), attempt(posix.urandom, "a"))
print(posix.sched_get_priority_max(posix.SCHED_FIFO), posix.sched_getscheduler(0), posix.sched_getparam(0), posix.sched_yield())
print(len(posix.sched_getaffinity(0)) >= 1, attempt(posix.sched_setaffinity, 0, [-1]), attempt(posix.sched_setaffinity, 0, ["a"]))
print(posix.sched_param(3), attempt(posix.sched_param), posix.sched_param(sched_priority=4).sched_priority)
print(posix.nice(0) == posix.getpriority(posix.PRIO_PROCESS, 0), posix.error is OSError)

total = 0
for i in range(3000):
    total += posix.WEXITSTATUS(i << 8) + posix.WIFSIGNALED(i) + (posix.getpid() > 0)
print(total)
