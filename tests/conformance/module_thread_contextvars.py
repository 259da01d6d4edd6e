# The modules _thread and _contextvars: locks, handles, values of threads and contexts, and their errors.
import _thread as F, _contextvars as C, time
def t(e,**k):
    try: print(e,'->', eval(e,globals(),k))
    except BaseException as x: print(e,'->',type(x).__name__,x)
for e in ["F.lock().release()","F.RLock().release()","F.lock().acquire(timeout=-2)","F.lock().acquire(False,1)","F.lock().acquire(True,1e20)","F.lock().acquire()","F.lock().acquire(False)","F.start_new_thread(1,())","F.start_new_thread(len,1)","F.start_new_thread(len,(),1)","F.start_joinable_thread(1)","F.start_joinable_thread(len,handle=1)","F._local(1)","F._local(a=1)","F._ThreadHandle()","F._ThreadHandle().join()","F._ThreadHandle().ident","F._make_thread_handle(1)","F.stack_size(5)","F.stack_size(-5)","F.stack_size()","F.interrupt_main(1000)","F.TIMEOUT_MAX","F._NAME_MAXLEN","F.error","F.exit()","F.allocate_lock().__class__","repr(F.lock())[:30]","repr(F.RLock())[:45]","F.lock.acquire.__text_signature__","F.start_joinable_thread.__text_signature__","C.ContextVar()","C.ContextVar(1)","C.ContextVar('a',default=3).get()","C.ContextVar('a').get(5)","C.Context(1)","C.Context().run()","C.Context()[1]","len(C.Context())","C.Token.MISSING","C.ContextVar[int]","hash(C.Context())"]: t(e)
l=F.lock(); l.acquire(); t("l.locked()"); t("l.acquire(False)"); t("l.acquire(True,0.01)"); l.release()
with l: print(l.locked())
r=F.RLock(); r.acquire(); r.acquire(); t("r._is_owned(),r._recursion_count(),r.locked()"); s=r._release_save(); print(s[0], r.locked()); r._acquire_restore(s); r.release(); r.release(); t("r.release()")
done=F.lock(); done.acquire(); out=[]
def work(a,b=1): out.append((a,b)); done.release()
F.start_new_thread(work,(1,),{'b':2}); done.acquire(); print(out)
lo=F._local(); lo.x=1
class L(F._local):
    y=5
    def __init__(s,v): s.v=v
    @property
    def p(s): return s.v*2
l2=L(7); l2.v=8
def see():
    out.append((hasattr(lo,'x'),l2.v,l2.y,l2.p)); lo.x=2; l2.z=3
h=F.start_joinable_thread(see); h.join(); print(out[-1], lo.x, l2.v, lo.__dict__, hasattr(l2,'z'), h.is_done()); t("lo.q",lo=lo); t("setattr(lo,'__dict__',{})",lo=lo)
def boom(): h0.join()
n=[0]; lk=F.lock()
def count():
    for i in range(3000):
        with lk: n[0]+=1
hs=[F.start_joinable_thread(count) for _ in range(4)]
for h in hs: h.join()
print(n)
v=C.ContextVar('v',default=0); tok=v.set(1); print(v.get(), tok.old_value, tok.var is v); tok2=v.set(2); print(tok2.old_value); v.reset(tok2); print(v.get()); t("v.reset(tok2)" if 0 else "1")
try: v.reset(tok2)
except RuntimeError as x: print(str(x)[:17], str(x)[-27:])
c=C.copy_context(); print(c[v], v in c, list(c)==[v], dict(c.items())=={v:1}, c.run(lambda: (v.set(9),v.get())[1]), v.get(), c[v], c.get(v))
def again(): c.run(len,'')
try: c.run(again)
except RuntimeError as x: print(str(x)[:38])
with v.set(4) as tk: print(v.get())
print(v.get()); t("v.reset(1)",v=v)
try: C.Context().run(v.reset,tok)
except ValueError as x: print(str(x)[-35:])
print(c==c.copy(), C.Context()==c)
# modes: native
