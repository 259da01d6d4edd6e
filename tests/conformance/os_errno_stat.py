import errno
import _stat


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error).__name__, str(error)


print(len(errno.errorcode), [errno.errorcode[number] for number in sorted(errno.errorcode)])
print([(name, getattr(errno, name)) for name in dir(errno) if name.startswith("E")])

print([(name, getattr(_stat, name)) for name in sorted(dir(_stat)) if name[:2] in ("S_", "ST", "UF", "SF")
       and not callable(getattr(_stat, name))])
kinds = (0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000, 0o110000)
for kind in kinds:
    for permissions in (0, 0o777, 0o644, 0o4755, 0o2711, 0o1700, 0o7000):
        mode = kind | permissions
        tests = [name for name in sorted(dir(_stat)) if name.startswith("S_IS") and callable(getattr(_stat, name))
                 and getattr(_stat, name)(mode)]
        print(oct(mode), _stat.filemode(mode), tests, oct(_stat.S_IMODE(mode)), oct(_stat.S_IFMT(mode)))
for wrong in (-1, 1 << 32, 1 << 70, "a", 1.5, None):
    print(attempt(_stat.S_ISDIR, wrong), attempt(_stat.filemode, wrong))

total = 0
for i in range(3000):
    total += _stat.S_ISREG(i * 64) + _stat.S_IMODE(i * 7) + len(_stat.filemode(i * 31))
print(total)
