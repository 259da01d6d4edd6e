import select
import posix


reading, writing = posix.pipe()


def u(f,*a,**k):
    try: print(a,k,'->',repr(f(*a,**k))[:170].replace(str(reading), 'R'))
    except BaseException as e: print(str(a).replace(str(reading), 'R'),k, type(e), e)
u(select.select,[],[],[],0); u(select.select,1,[],[],0); u(select.select,['a'],[],[],0);u(select.select,[-1],[],[],0);u(select.select,[2000],[],[],0);u(select.select,[],[],[],-1);u(select.select,[],[],[],'a');u(select.select,[],[],[],float('nan')); u(select.select,[],[],[],1e100)
u(select.poll,1); p=select.poll(); print(type(p)); u(p.register,reading); u(p.register,'a'); u(p.register,reading,-1); u(p.register,reading,1<<16); u(p.modify,77,1); u(p.unregister,77); u(p.poll,0); u(p.poll,'a'); u(p.poll,1e100);u(p.poll,float('nan'))
u(select.epoll,-2); u(select.epoll,0); u(select.epoll,5,4); u(select.epoll,'a'); e=select.epoll(); print(type(e), e.closed, e.fileno()>0); u(e.modify,77,1); u(e.unregister,77); u(e.poll,0,-2); u(e.poll,0,0); u(e.poll,0); u(e.poll,'a'); u(e.poll,timeout=0,maxevents=1); u(e.register,'a');u(e.close); u(e.close); print(e.closed); u(e.fileno); u(e.poll,0); u(e.register,1); u(e.__enter__); u(select.epoll.fromfd,1<<50)
print([n for n in dir(e) if n[0]!='_'],[n for n in dir(p) if n[0]!='_'], [(n,getattr(select,n)) for n in dir(select) if isinstance(getattr(select,n),int)])


# Pipes
def ready(answer):
    return [(("reading" if fd == reading else "writing"), events) for fd, events in answer]


class File:
    def fileno(self):
        return reading


poll, epoll = select.poll(), select.epoll()
for waiter in (poll, epoll):
    waiter.register(reading, 1)
    waiter.register(writing)
    print(ready(waiter.poll(0)), ready(waiter.poll(0)))
posix.write(writing, b"x")
file = File()
found = select.select([file, reading], [writing], [], 0)
print([item is file for item in found[0]], found[1] == [writing], found[2], ready(poll.poll(0)), ready(epoll.poll(0)))
print(ready(epoll.poll(0, 1)) != [], poll.modify(writing, 0), epoll.modify(writing, 0), ready(poll.poll()), ready(epoll.poll()))
posix.close(writing)
posix.read(reading, 1)
print(ready(poll.poll(100))[:1], ready(epoll.poll(1)), poll.unregister(reading), epoll.unregister(reading))
with epoll as same:
    print(same is epoll, epoll.closed)
print(epoll.closed, select.epoll().closed, select.error is OSError)


try:
    class Sub(select.epoll):
        pass
except TypeError as error:
    print(error)

with select.epoll(sizehint=3) as sub, select.epoll.fromfd(posix.dup(sub.fileno())) as other:
    print(type(sub).__name__, type(other).__name__, other.poll(0), select.select([other], [], [], 0))
reading, writing = posix.pipe()
posix.write(writing, b"y")
total = 0
poll = select.poll()
poll.register(reading)
for i in range(2000):
    total += len(poll.poll(0)) + len(select.select([reading], [writing], [], 0)[1])
print(total)
