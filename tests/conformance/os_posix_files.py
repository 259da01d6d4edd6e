import posix
import errno

HERE = "/tmp/sidewinder-posix-%d" % posix.getpid()


def attempt(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except Exception as error:
        names = (getattr(error, "filename", None), getattr(error, "filename2", None))
        text = str(error).replace(HERE, "HERE")
        names = tuple(name.replace(HERE, "HERE") if isinstance(name, str) else name for name in names)
        return type(error).__name__, text, *names


class PathLike:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        if isinstance(self.path, Exception):
            raise self.path
        return self.path


def show(*items):
    print(*items)


# A directory with files
posix.mkdir(HERE)
before = posix.getcwd()
posix.chdir(HERE)
print(posix.getcwd() == HERE, posix.getcwdb() == HERE.encode())
fd = posix.open("one", posix.O_CREAT | posix.O_RDWR | posix.O_EXCL, 0o644)
print(posix.write(fd, b"hello world"), posix.lseek(fd, 0, 0), posix.read(fd, 5), posix.lseek(fd, 0, 1))
print(posix.pread(fd, 3, 2), posix.pwrite(fd, b"HE", 0), posix.pread(fd, 100, 0), posix.read(fd, 100), posix.read(fd, 1))
print(posix.get_inheritable(fd), posix.set_inheritable(fd, True), posix.get_inheritable(fd))
print(posix.get_blocking(fd), posix.isatty(fd), posix.fsync(fd), posix.fdatasync(fd), posix.ftruncate(fd, 4))
status = posix.fstat(fd)
print(status.st_size, status[6], oct(status.st_mode), status.st_nlink, status.st_blksize > 0, len(status))
print(status == posix.stat("one") == posix.stat(b"one") == posix.lstat("one") == posix.stat(fd) == posix.stat(PathLike("one")))
posix.close(fd)
print(attempt(posix.close, fd), attempt(posix.read, fd, 1), attempt(posix.fstat, fd))

# Times
posix.utime("one", (1000.25, 2000.5))
status = posix.stat("one")
print(status.st_atime, status.st_mtime, status.st_atime_ns, status.st_mtime_ns, status[7], status[8])
posix.utime("one", ns=(5_000_000_001, 6_999_999_999))
status = posix.stat("one")
print(status.st_atime, status.st_mtime, status.st_atime_ns, status.st_mtime_ns)
posix.utime("one", ns=(-1, -1_000_000_000))
print(posix.stat("one").st_atime_ns, posix.stat("one").st_mtime_ns, posix.stat("one")[7])
for arguments, keywords in [
    (("nope",), {}), (("one", 3), {}), (("one", (1, 2)), {"ns": (1, 2)}), (("one", (1, 2, 3)), {}), (("one",), {"ns": (1,)}),
    (("one",), {"ns": 3}), (("one", ("a", 2)), {}), (("one", (1e300, 2)), {}), (("one",), {"ns": (1, "a")}),
    (("one", (float("nan"), 2)), {}), (("one", (1 << 80, 2)), {}), ((3,), {"follow_symlinks": False}), ((3,), {"dir_fd": 4}),
]:
    print(attempt(posix.utime, *arguments, **keywords))

# Links, renaming, permissions
print(posix.symlink("one", "link"), posix.readlink("link"), posix.readlink(b"link"), attempt(posix.readlink, "one"))
print(posix.link("one", "two"), posix.stat("one").st_nlink, posix.lstat("link").st_mode == posix.stat("link").st_mode)
print(posix.stat("link", follow_symlinks=False) == posix.lstat("link"))
print(posix.rename("two", "three"), posix.replace("three", "two"), attempt(posix.rename, "nope", "other"))
print(attempt(posix.rename, 1, "b"), attempt(posix.rename, "a", 3), attempt(posix.link, "nope", "b"))
print(posix.chmod("one", 0o600), oct(posix.stat("one").st_mode), attempt(posix.chmod, "nope", 0))
print(posix.access("one", posix.R_OK), posix.access("nope", posix.F_OK), posix.access("one", posix.F_OK, effective_ids=True))
print(posix.truncate("one", 2), posix.stat("one").st_size, attempt(posix.truncate, "nope", 1), attempt(posix.truncate, "one", -1))
print(posix.mkfifo("pipe"), oct(posix.stat("pipe").st_mode & 0o170000), posix.umask(0o77), posix.umask(0o22))
print(attempt(posix.chown, "nope", -2, 0), attempt(posix.chown, "one", "a", 0), attempt(posix.chown, "one", 0, 1 << 40))
print(attempt(posix.chown, 3, 1, 1, dir_fd=3), posix.chown("one", -1, -1))

# Directories
posix.mkdir("sub", 0o700)
posix.mkdir(b"sub/b\xff")
print(sorted(posix.listdir()), sorted(posix.listdir(b".")), sorted(posix.listdir("sub")), sorted(posix.listdir(b"sub")))
directory = posix.open("sub", posix.O_RDONLY)
print(posix.listdir(directory), posix.listdir(directory), posix.mkdir("deep", dir_fd=directory), sorted(posix.listdir("sub")))
print(posix.stat("deep", dir_fd=directory).st_nlink, posix.rmdir("deep", dir_fd=directory), posix.fchdir(directory))
print(posix.getcwd() == HERE + "/sub", posix.chdir(HERE), posix.chdir(directory), posix.chdir(".."))
with posix.scandir() as entries:
    found = sorted(entries, key=lambda entry: entry.name)
for entry in found:
    print(entry, entry.path, entry.is_dir(), entry.is_file(), entry.is_symlink(), entry.is_junction(),
          entry.is_file(follow_symlinks=False), entry.inode() == posix.lstat(entry.path).st_ino, posix.fspath(entry))
    print(entry.stat() == posix.stat(entry.path), entry.stat(follow_symlinks=False) == posix.lstat(entry.path),
          entry.stat() is entry.stat())
print([(e.name, e.path) for e in posix.scandir(b"sub")], [(e.name, e.path, e.stat().st_nlink) for e in posix.scandir(directory)])
print([(e.name, e.path) for e in posix.scandir("sub/")], attempt(posix.scandir, "nope"), attempt(posix.scandir, 1.5))
iterator = posix.scandir()
next(iterator)
print(iterator.close(), list(iterator), iterator.close())
gone = [entry for entry in posix.scandir() if entry.name == "link"][0]
posix.unlink("link")
print(gone.is_symlink(), gone.is_dir(), gone.is_file(), attempt(gone.stat))
print(attempt(posix.DirEntry), str(posix.DirEntry[str]))
posix.close(directory)
print(attempt(posix.rmdir, "sub"), attempt(posix.mkdir, "sub"), attempt(posix.rmdir, "one"), attempt(posix.unlink, "sub"))

# Pipes, copies of descriptors
reading, writing = posix.pipe()
print(posix.write(writing, memory := b"x" * 10), posix.read(reading, 4), posix.get_inheritable(reading))
copy = posix.dup(writing)
print(posix.write(copy, b"yz"), posix.read(reading, 100), posix.get_inheritable(copy))
print(posix.dup2(reading, copy) == copy, posix.get_inheritable(copy), posix.dup2(reading, copy, inheritable=False) == copy)
print(posix.get_inheritable(copy), attempt(posix.dup2, -1, 3), posix.set_blocking(reading, False), attempt(posix.read, reading, 1))
posix.closerange(min(reading, writing, copy), max(reading, writing, copy) + 1)
print(attempt(posix.write, writing, b""), attempt(posix.write, 1, "text"), attempt(posix.read, 0, -1))

# What arguments can be
for function, argument in [
    (posix.stat, 1.5), (posix.stat, None), (posix.stat, "a\0b"), (posix.stat, b"a\0b"), (posix.stat, 1 << 40),
    (posix.stat, -(1 << 40)), (posix.stat, -1), (posix.stat, "\ud800"), (posix.stat, PathLike(1)),
    (posix.stat, PathLike("nope")), (posix.stat, PathLike("a\0")), (posix.stat, PathLike(KeyError("x"))),
    (posix.lstat, 3), (posix.listdir, 1.5), (posix.mkdir, 1.5), (posix.fspath, 3), (posix.fspath, PathLike(1)),
    (posix.fsync, "a"), (posix.fsync, -1), (posix.fsync, 1 << 40), (posix.fsync, PathLike(1)), (posix.close, "a"),
    (posix.close, -1), (posix.urandom, -1), (posix.chdir, "nope"), (posix.fchdir, None), (posix.statvfs, "nope"),
    (posix.sysconf, "nope"), (posix.sysconf, 1.5), (posix.confstr, "nope"), (posix._path_normpath, 3),
    (posix._path_splitroot_ex, 3), (posix.stat_result, 3), (posix.stat_result, [3]), (posix.stat_result, range(30)),
]:
    print(function.__name__, attempt(function, argument))
print(attempt(posix.stat, 3, dir_fd=4), attempt(posix.stat, 3, follow_symlinks=False), attempt(posix.mkdir, "x", dir_fd="a"))
print(attempt(posix.mkdir, "x", dir_fd=1 << 40), attempt(posix.stat), attempt(posix.stat, "a", "b"), attempt(posix.open, "a"))

# Paths
for path in ("", ".", "/", "//", "///", "a/../b/./c", "//a//b", "../..//x/..", "/..", "a/..", "/a/../../b/", "a\0/../b", b"x//y/."):
    print(repr(path), repr(posix._path_normpath(path)), posix._path_splitroot_ex(path))
print(posix.fspath("a"), posix.fspath(b"a"), posix.fspath(PathLike(b"q")))

# Results with names
result = posix.stat_result(range(10), {"st_blocks": 3})
print(result, result.st_atime, result.st_blocks, result.st_rdev, result.__reduce__(), hash(result) == hash(tuple(range(10))))
print(posix.stat_result.n_fields, posix.stat_result.n_sequence_fields, posix.stat_result.n_unnamed_fields, posix.stat_result.__match_args__)
print(attempt(posix.stat_result, range(10), {"x": 3}), attempt(posix.stat_result, range(10), 3), attempt(posix.stat_result))
print(attempt(result.__replace__, st_mode=1), attempt(setattr, result, "st_mode", 1), result[3:5], result + (1,))
size = posix.terminal_size((80, 24))
print(size, size.columns, size.__replace__(lines=1), attempt(size.__replace__, nope=1), attempt(size.__replace__, 1), size == (80, 24))
match size:
    case posix.terminal_size(columns, lines):
        print(columns, lines)
print(attempt(posix.terminal_size, (1,)), attempt(posix.terminal_size, (1, 2, 3)), attempt(posix.get_terminal_size, "a"))
print(posix.statvfs(".").f_namemax, len(posix.statvfs(".")), len(posix.uname()), len(posix.times()))

# Hot
total = 0
for i in range(2000):
    total += posix.stat("one").st_size + posix.access("one", 0) + len(posix._path_normpath("a/./b/../c"))
    if i % 50 == 0:
        total += len(posix.listdir("sub")) + sum(entry.is_dir() for entry in posix.scandir("."))
print(total)

posix.rmdir(b"sub/b\xff")
posix.rmdir("sub")
for name in ("one", "two", "pipe"):
    posix.remove(name)
posix.chdir(before)
posix.rmdir(HERE)
print(attempt(posix.listdir, HERE)[0])
