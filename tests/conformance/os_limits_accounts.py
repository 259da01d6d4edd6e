def t(f,*a,**k):
    try: print(f.__name__, str(a)[:60],k,'->',repr(f(*a,**k))[:170])
    except BaseException as e: print(f.__name__, str(a)[:60],k, type(e), e)
import fcntl
import posix
t(fcntl.fcntl,'a',1); t(fcntl.fcntl,0,'a'); t(fcntl.fcntl,99,1); t(fcntl.fcntl,0,1,'x'*2000); t(fcntl.fcntl,0,1,b'x'*2000); t(fcntl.fcntl,0,1,1.5);t(fcntl.fcntl,0,1,1<<40); t(fcntl.flock,99,1);t(fcntl.flock,'a',1); t(fcntl.lockf,0,0);t(fcntl.lockf,99,1); t(fcntl.lockf,99,8); t(fcntl.ioctl,99,1); t(fcntl.ioctl,0,1,1.5); t(fcntl.ioctl,0,'a');t(fcntl.ioctl,0,1,b'x'*2000)
t(fcntl.fcntl,0,99999999999)
import resource
t(resource.getrlimit,99);  t(resource.setrlimit,7,3); t(resource.setrlimit,7,(1,2,3)); t(resource.setrlimit,99,(1,2)); t(resource.setrlimit,7,('a',2)); t(resource.getrusage,99);  t(resource.prlimit,-5,7); t(resource.setrlimit,7,(5,2)); t(resource.getrlimit,'a'); print(resource.struct_rusage.__match_args__, resource.struct_rusage); t(resource.setrlimit,7,(-2,-1)); t(resource.setrlimit,7,(1<<70,2))
print([(n,getattr(resource,n)) for n in dir(resource) if isinstance(getattr(resource,n),int)])
import pwd,grp
t(pwd.getpwuid,98765); t(pwd.getpwuid,'a'); t(pwd.getpwuid,-1);t(pwd.getpwuid,1<<40); t(pwd.getpwnam,'nope'); t(pwd.getpwnam,3); t(pwd.getpwnam,'a\0');t(pwd.getpwnam,b'a'); t(grp.getgrgid,98765); t(grp.getgrgid,'a');t(grp.getgrgid,0.5); t(grp.getgrnam,'nope'); t(grp.getgrnam,'a\0');t(grp.getgrgid,-1);t(grp.getgrgid,1<<40); print(pwd.struct_passwd, pwd.struct_passwd.__match_args__, grp.struct_group.__match_args__)

print([(n, getattr(fcntl, n)) for n in dir(fcntl) if isinstance(getattr(fcntl, n), int)])
fd = posix.memfd_create("x")
print(fcntl.fcntl(fd, fcntl.F_GETFD), fcntl.fcntl(fd, fcntl.F_SETFD, 0), fcntl.fcntl(fd, fcntl.F_GETFD), fcntl.flock(fd, fcntl.LOCK_EX), fcntl.flock(fd, fcntl.LOCK_UN))
print(fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 5), fcntl.lockf(fd, fcntl.LOCK_UN), fcntl.fcntl(fd, fcntl.F_GETLK, bytes(32))[:2] == b"\x02\x00")
reading, writing = posix.pipe()
posix.write(writing, b"abc")
place = bytearray(4)
print(fcntl.ioctl(reading, 0x541B, place), place, fcntl.ioctl(reading, 0x541B, bytes(4)), fcntl.ioctl(reading, 0x541B, place, False))
me = pwd.getpwuid(posix.getuid())
print(me == pwd.getpwnam(me.pw_name), me in pwd.getpwall(), len(me), me.pw_uid == posix.getuid(), me[5] == me.pw_dir)
own = grp.getgrgid(posix.getgid())
print(own == grp.getgrnam(own.gr_name), own in grp.getgrall(), type(own.gr_mem).__name__)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(len(usage), usage.ru_utime >= 0, usage[2] == usage.ru_maxrss > 0, resource.getpagesize() == posix.sysconf("SC_PAGESIZE"))
limit = resource.getrlimit(resource.RLIMIT_NOFILE)
print(len(limit), resource.setrlimit(resource.RLIMIT_CORE, (0, 0)), resource.getrlimit(resource.RLIMIT_CORE), resource.prlimit(0, resource.RLIMIT_CORE, (0, 0)))
print(resource.error is OSError)
