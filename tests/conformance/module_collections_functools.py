# The modules _collections and _functools: queues, dicts with defaults, partial calls, caches, and their errors.
import _functools as F, _collections as C
def t(e,**k):
    try: print(e,'->', eval(e,globals(),k))
    except Exception as x: print(e,'->',type(x).__name__,x)
p=F.partial
f=lambda *a,**k:(a,k)
for e in ["p()","p(1)","p(x=1)","repr(p(print,1,a=2))","p(f,1)(2,c=3)","p(p(f,1,x=1),2,y=2).args","p(f,F.Placeholder,2)(1)","p(f,F.Placeholder)","p(f,F.Placeholder,2)()","repr(F.Placeholder)","type(F.Placeholder)","p(f,a=F.Placeholder)","p(p(f,F.Placeholder,2),9).args","F.reduce(f)","F.reduce(f,[])","F.reduce(f,3)","F.reduce(lambda a,b:a+b,[1,2,3],10)","F.reduce(lambda a,b:a+b,[1,2,3],initial=10)","F.cmp_to_key()","F.cmp_to_key(lambda a,b:a-b)(1)<F.cmp_to_key(lambda a,b:a-b)(2)","F.cmp_to_key(lambda a,b:a-b)(1)<3","hash(F.cmp_to_key(lambda a,b:0)(1))","F.cmp_to_key(mycmp=len)(obj=3).obj","sorted([3,1,2],key=F.cmp_to_key(lambda a,b:b-a))","F._lru_cache_wrapper","p(f,1).__reduce__()[1:]==((f,),(f,(1,),{},None))","p(f,1).__setstate__(1)","p(f,1).__setstate__((f,1,2,3))","p(f,1)._x","C.deque(1)","C.deque([1],-1)","C.deque([1],'a')","C.deque([1,2,3],2)","repr(C.deque([1,2],maxlen=5))","C.deque().pop()","C.deque().popleft()","C.deque([1])[1]","C.deque([1])['a']","C.deque([1]).remove(2)","C.deque([1]).index(2)","C.deque([1,2,3]).index(3,1)","C.deque([1,2,3]).index(3,0,2)","C.deque([1,2],maxlen=2).insert(0,3)","C.deque([1])+[1]","C.deque([1])+C.deque([2])","C.deque([1])*2","3*C.deque([1,2],3)","C.deque([1])*'a'","C.deque([1]).__reduce__()[:3]","C.deque([1]).rotate('a')","hash(C.deque())","C.deque([1,2])<C.deque([1,3])","C.deque([1])==[1]","C.deque([1])==C.deque([1])","C.deque([1,2]).__class_getitem__(int)","C.deque(1,2,3)","C.deque(foo=1)","C.deque([1]).maxlen","setattr(C.deque(),'maxlen',3)","C.deque('abc',maxlen=2).maxlen","2 in C.deque([1,2])","list(reversed(C.deque([1,2,3])))","iter(C.deque([1,2])).__length_hint__()","C.defaultdict(1)","C.defaultdict(list,{1:2})","C.defaultdict(list)[1]","C.defaultdict()[1]","C.defaultdict(list,a=1)|{2:3}","{2:3}|C.defaultdict(list,a=1)","C.defaultdict(list).copy()","C.defaultdict(list).__reduce__()[:4]","C.defaultdict(None,[(1,2)])","C.defaultdict.__mro__","C._tuplegetter(0,'doc')","C._tuplegetter(0,'doc').__reduce__()","C._count_elements({},'aab')","C.deque.append.__text_signature__","F.reduce.__text_signature__","C.deque.__name__,C.deque.__module__,C.deque.__qualname__"]: t(e)
d=C.deque(range(5)); d.rotate(2); print(d); d.rotate(-1); print(d); d.append(9); d.appendleft(8); d.extend('ab'); d.extendleft('cd'); print(d); del d[0]; d[0]=7; d.remove(9); d.reverse(); print(d, d.count(0), len(d), d.popleft(), d.pop()); d.insert(2,'x'); d.insert(-1,'y'); d+= [1]; d*=2; print(d); d.clear(); print(d)
d=C.deque([1,2]); d.extend(d); print(d); d.append(d); print(d); d.clear()
d=C.deque([1,2,3])
try:
    for x in d: d.append(1)
except RuntimeError as x: print(x)
class E:
    def __eq__(s,o): d.clear(); return False
d=C.deque([E(),1,2]); t("d.index(5)"); d=C.deque([E(),1,2]); t("d.remove(5)"); d=C.deque([E(),1,2]); t("5 in d"); d=C.deque([E(),1]); t("d.count(3)")
class D(C.deque):
    def __init__(self,*a,z=1): super().__init__(*a); self.z=z
x=D([1,2],3,z=4); print(x,x.z,x.copy(),type(x.copy()), x+x)
dd=C.defaultdict(lambda: 5); dd['a']+=1; print(dd['a'], dd['b'], sorted(dd), dd.get('zz'), len(dd))
dd.default_factory=None; t("dd['q']",dd=dd)
class M(C.defaultdict):
    def __missing__(self,k): return k*2
print(M(list)['ab'], M(list))
m={}; C._count_elements(m,'abcabca'); print(m)
class Sub(dict):
    def __setitem__(s,k,v): super().__setitem__(k,v*10)
m=Sub(); C._count_elements(m,'aa'); print(m)
calls=[]
def g(*a,**k): calls.append((a,tuple(k.items()))); return sum(a)
info=lambda *a: a
L=F._lru_cache_wrapper
c=L(g,2,False,info); print([c(1),c(2),c(1),c(3),c(2),c(1)], c.cache_info(), len(calls)); c.cache_clear(); print(c.cache_info()); c(1,x=2) if 0 else None
calls.clear(); c=L(lambda *a,**k: (a,k),None,True,info); print(c(1),c(1.0),c(True),c(a=1),c(1), c.cache_info())
c=L(g,0,False,info); c(1); c(1); print(c.cache_info()); t("c([])",c=c); c=L(g,4,False,info); t("c([])",c=c)
t("L(1,2,False,info)",L=L,info=info); t("L(len,'a',False,info)",L=L,info=info)
class K:
    m=L(lambda self,x:(x,),None,False,info)
    q=F.partial(lambda *a:a[1:],1)
k=K(); print(k.m(3)==k.m(3),K.m.cache_info(), k.q(2)[1:]); k2=F.partial(f); k2.attr=3; print(k2.__dict__, k2.func is f, k2.args, k2.keywords)
def fib(n): return n if n<2 else fib(n-1)+fib(n-2)
fib=L(fib,None,False,info); print(fib(80))
s=0
for i in range(300):
    q=C.deque(maxlen=3)
    for j in range(5): q.append(j)
    s+=sum(q)+len(q)+q[0]; q.popleft(); s+=F.partial(max,3)(i%7)
    dd=C.defaultdict(int); dd[i%3]+=i; s+=dd[i%3]
print(s)
import gc
class N: pass
for make in (lambda n: C.deque([n]), lambda n: F.partial(N,n), lambda n: C.defaultdict(lambda:n,{1:n}), lambda n: L(lambda:n,None,False,n), lambda n: iter(C.deque([n])), lambda n: C._tuplegetter(1,n)):
    import _weakref
    n=N(); n.loop=make(n); r=_weakref.ref(n); del n; gc.collect(); print(r() is None)
# modes: native
