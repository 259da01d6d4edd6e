import _signal as s
import posix as os
def t(f,*a,**k):
    try: print(f.__name__, a,k,'->',repr(f(*a,**k))[:170])
    except BaseException as e: print(f.__name__, a,k, type(e), e)
print(s.SIG_DFL,s.SIG_IGN, s.NSIG, s.getsignal(2), s.getsignal(13), s.default_int_handler)
t(s.signal,0,0); t(s.signal,65,0); t(s.signal,'a',0); t(s.signal,2,5); t(s.signal,9,0); t(s.signal,9,s.SIG_DFL);t(s.signal,2,None);t(s.signal,2,2.0)
t(s.getsignal,0); t(s.getsignal,10); t(s.getsignal,65); t(s.strsignal,2); t(s.strsignal,64);t(s.strsignal,65);t(s.strsignal,0); t(s.strsignal,33)
t(s.alarm,'a'); t(s.alarm,-1); t(s.alarm,0); t(s.setitimer,5,1); t(s.setitimer,0,-1); t(s.setitimer,0,'a'); t(s.getitimer,9); t(s.getitimer,0); t(s.setitimer,0,0.0)
t(s.set_wakeup_fd,-1); t(s.set_wakeup_fd,'a'); t(s.set_wakeup_fd,99); t(s.set_wakeup_fd,1)
t(s.siginterrupt,0,1); t(s.siginterrupt,99,1); t(s.raise_signal,99); t(s.raise_signal,0); t(s.default_int_handler,2,None); t(s.default_int_handler); t(s.default_int_handler,2)
t(s.pthread_sigmask,9,[]); t(s.pthread_sigmask,0,[99]); t(s.pthread_sigmask,0,3); t(s.pthread_sigmask,0,['a']); t(s.pthread_sigmask,0,[10]); t(s.pthread_sigmask,0,[]); t(s.sigpending); 
os.kill(os.getpid(),10); t(s.sigpending); t(s.sigwait,[10]); os.kill(os.getpid(),10);
i=s.sigwaitinfo([10]); print(i.si_signo,i.si_code,i.si_pid==os.getpid(),type(i),i.n_fields, i.__match_args__)
t(s.sigtimedwait,[10],0.01); t(s.sigtimedwait,[10],-1); t(s.sigtimedwait,[10],'a'); t(s.pthread_sigmask,s.SIG_UNBLOCK,[10])
t(s.valid_signals); t(s.pidfd_send_signal,99,2)
print([ (n,getattr(s,n)) for n in dir(s) if isinstance(getattr(s,n),int)])
print(s.ItimerError.__mro__, s.struct_siginfo, s.ItimerError.__module__)

# Handlers
seen = []


def note(number, frame):
    seen.append((number, frame.f_code.co_name if frame else None))


print(s.signal(s.SIGUSR1, note), s.getsignal(s.SIGUSR1) is note)
os.kill(os.getpid(), s.SIGUSR1)
s.raise_signal(s.SIGUSR1)
print(len(seen), seen[0][0], s.signal(s.SIGUSR1, s.SIG_IGN) is note)
os.kill(os.getpid(), s.SIGUSR1)
print(len(seen), s.signal(s.SIGUSR1, s.SIG_DFL) == s.SIG_IGN)
try:
    s.raise_signal(s.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
print(s.signal(s.SIGINT, s.default_int_handler) is s.default_int_handler)


def stop(number, frame):
    raise ValueError(number)


s.signal(s.SIGALRM, stop)
s.setitimer(s.ITIMER_REAL, 0.01)
try:
    while True:
        pass
except ValueError as error:
    print("stopped", error)
s.setitimer(s.ITIMER_REAL, 0.01, 0.01)
ticks = []
s.signal(s.SIGALRM, lambda number, frame: ticks.append(number))
reading, writing = os.pipe()
os.set_blocking(writing, False)
print(s.set_wakeup_fd(writing), s.set_wakeup_fd(writing) == writing)
while len(ticks) < 3:
    s.pause()
print(s.setitimer(s.ITIMER_REAL, 0)[1] > 0, s.getitimer(s.ITIMER_REAL), s.set_wakeup_fd(-1) == writing, os.read(reading, 100)[:3])
import time

# What waits goes on after a handler, and ends when one raises
s.signal(s.SIGALRM, lambda number, frame: None)
s.setitimer(s.ITIMER_REAL, 0.01)
before = time.monotonic()
time.sleep(0.05)
print(time.monotonic() - before >= 0.05)
s.signal(s.SIGALRM, stop)
s.setitimer(s.ITIMER_REAL, 0.01)
try:
    os.read(reading, 1)
except ValueError as error:
    print("read ended", error)
