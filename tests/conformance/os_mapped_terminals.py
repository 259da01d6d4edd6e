import termios
import mmap
import syslog
import _posixshmem
import posix as os


def t(f,*a,**k):
    try: print(getattr(f,'__name__',f), str(a)[:80],k,'->',repr(f(*a,**k))[:170])
    except BaseException as e: print(getattr(f,'__name__',f), str(a)[:80],k, type(e), e, getattr(e,'filename',None))
t(termios.tcgetattr,'a'); t(termios.tcgetattr,99); t(termios.tcsetattr,99,0,[0,0,0,0,0,0,[]]); t(termios.tcdrain,99); t(termios.tcgetwinsize,99); t(termios.tcsetwinsize,99,3); t(termios.tcsetwinsize,99,(1,2)); print(termios.error.__mro__, termios.error.__module__)
m,s=os.openpty()
a=termios.tcgetattr(m); print(a[:2],a[3],a[6]); a[3]&=~termios.ICANON; termios.tcsetattr(m,0,a); b=termios.tcgetattr(m); print(b[3],b[6],b==a); t(termios.tcsetattr,m,0,[0,0,0,0,0,0,[1]*32]); t(termios.tcsetattr,m,0,[0,0,0,0,0,0,[b'ab']*32]);t(termios.tcsetattr,m,0,['a',0,0,0,0,0,[b'a']*32]); t(termios.tcsetattr,m,0,[0,0,0,0,0,0,3]); t(termios.tcgetwinsize,m); t(termios.tcsetwinsize,m,(30,40)); t(termios.tcgetwinsize,m); t(termios.tcsetwinsize,m,(30,)); t(termios.tcsetwinsize,m,('a',4)); t(termios.tcflush,m,0); t(termios.tcsetwinsize,m,(1<<20,4))
M=mmap.mmap
t(M,-1,0); t(M,-1,-1); t(M,-1,'a'); t(M,99,10); t(M,-1,10,access=9); t(M,-1,10,flags=1,access=1); t(M,-1,10,prot=1,access=1); t(M,-1,10,offset=-1); t(M,-1,10,offset=1)
m=M(-1,20); print(len(m), m, m.closed, m.tell()); t(m.size)
print(m.write(b'hello'), m.tell(), m.seek(0), m.read(3), m.read(), m.seek(-3,2), m.tell()); t(m.seek,99); t(m.seek,-1); t(m.seek,0,5); t(m.write,b'x'*30); t(m.write,'a'); t(m.write_byte,300); t(m.write_byte,65); t(m.read_byte); m.seek(0,2); t(m.read_byte); t(m.write_byte,1); t(m.readline)
m[0:5]=b'HELLO'; print(m[0:5], m[0], m[-1], m[::2], m[5:2], m.find(b'L'), m.rfind(b'L'), m.find(b'zz'), m.find(b'L',3,4), m.find(b'L',-18)); t(m.__getitem__,99); t(m.__getitem__,'a'); t(m.__setitem__,0,'a'); t(m.__setitem__,0,300); t(m.__setitem__,99,1); t(m.__setitem__,slice(0,3),b'a'); t(m.__delitem__,0); t(m.__delitem__,slice(0,2)); t(m.__setitem__,'a',1)
m[::5]=b'abcd'; print(m[:]); t(m.flush); t(m.flush,1); t(m.flush,0,5); t(m.flush,99,1); t(m.move,0,5,3); t(m.move,0,50,3); t(m.move,-1,2,3); print(m[:]); t(m.resize,40); t(m.resize,-1); print(len(m)); t(m.madvise,0); t(m.madvise,999); t(m.madvise,0,-1); t(m.madvise,0,0,-1); t(m.madvise,0,999)
v=memoryview(m); t(m.close); t(m.resize,50); v.release(); t(m.close); print(m.closed, m); 
for f in (m.read,m.flush,m.size,m.tell): t(f)
t(len,m); t(m.__getitem__,0)
m=M(-1,10,access=mmap.ACCESS_READ); print(m,len(m)); t(m.write,b'a'); t(m.__setitem__,0,1); t(m.move,0,1,2); t(m.resize,5); t(m.write_byte,1)
with M(-1,10) as m: print(m.closed)
print(m.closed,[x for x in dir(M) if x[0]!='_']); m=M(-1,4); print(list(m), bytes(m), m==m, hash(m)==hash(m)); m[:]=b'a\nb\n'; print(m.readline(),m.readline(),m.readline())
class F:
    def __init__(self): self.fd=os.memfd_create('x')
    def fileno(self): return self.fd
f=F(); os.write(f.fd,b'0123456789'); m=M(f.fileno(),0); print(len(m),m[:],m.size()); t(M,f.fileno(),20); t(M,f.fileno(),0,offset=4096); t(M,f.fileno(),5,access=mmap.ACCESS_COPY); c=M(f.fileno(),0,access=mmap.ACCESS_COPY); c[0]=65; print(c[:],m[:], c); t(c.resize,4); m.resize(20); print(m.size(), m[:]); m2=M(f.fileno(),4,access=mmap.ACCESS_READ); print(m2)
t(syslog.openlog,3); t(syslog.syslog); t(syslog.LOG_MASK,3); t(syslog.LOG_UPTO,3); t(syslog.setlogmask,'a'); t(syslog.LOG_MASK,'a')
t(_posixshmem.shm_open,'/nope',0); t(_posixshmem.shm_unlink,'/nope'); t(_posixshmem.shm_open,'a\0',0); t(_posixshmem.shm_open)

print(syslog.setlogmask(syslog.LOG_UPTO(syslog.LOG_EMERG)) > 0, syslog.openlog("x", syslog.LOG_PID), syslog.closelog(), syslog.closelog())
print([(n, getattr(syslog, n)) for n in dir(syslog) if n.startswith("LOG") and not callable(getattr(syslog, n))])
print([(n, getattr(mmap, n)) for n in dir(mmap) if isinstance(getattr(mmap, n), int)])
print([(n, getattr(termios, n)) for n in dir(termios) if isinstance(getattr(termios, n), int) and not n[1:].isdigit()])
name = "/sidewinder-%d" % os.getpid()
fd = _posixshmem.shm_open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
os.ftruncate(fd, 100)
with mmap.mmap(fd, 100) as one, mmap.mmap(_posixshmem.shm_open(name, flags=os.O_RDWR), 0) as two:
    one[10:13] = b"abc"
    print(len(two), two[8:15], two.find(b"abc"), _posixshmem.shm_unlink(name))
    view = memoryview(one)
    view[0] = 7
    print(two[0], view[10:13].tobytes(), bytes(view[:3]), one.madvise(mmap.MADV_NORMAL))
    view.release()
m = mmap.mmap(-1, 100)
total = 0
for i in range(2000):
    m[i % 100] = i % 256
    total += m[(i * 7) % 100] + len(m[i % 50:60]) + m.find(b"\x05", 0)
print(total)
