# The module _abc under the library's abc: abstract methods, registries, caches, and errors.
import abc, _abc
def t(e,**k):
    try: print(e,'->', eval(e,globals(),k))
    except BaseException as x: print(e,'->',type(x).__name__,x)
class A(metaclass=abc.ABCMeta):
    @abc.abstractmethod
    def f(self): pass
    @property
    @abc.abstractmethod
    def p(self): pass
class B(A):
    def f(self): return 1
class C(B):
    p=3
t("A()"); t("B()"); t("C().f()"); t("sorted(A.__abstractmethods__)"); t("B.__abstractmethods__")
class V: pass
t("issubclass(V,A),isinstance(V(),A)"); print(A.register(V) is V); t("issubclass(V,A),isinstance(V(),A)"); t("A.register(1)"); t("issubclass(1,A)"); t("C.register(A)")
class H(metaclass=abc.ABCMeta):
    @classmethod
    def __subclasshook__(cls, c): return True if hasattr(c,'hook') else NotImplemented
class W: hook=1
t("issubclass(W,H),issubclass(V,H)")
class Bad(metaclass=abc.ABCMeta):
    @classmethod
    def __subclasshook__(cls, c): return 5
t("issubclass(V,Bad)")
class P:
    __class__=property(lambda s: C)
t("isinstance(P(),A)"); n=abc.get_cache_token(); H.register(V); print(abc.get_cache_token()-n); t("issubclass(V,H)")
import collections.abc as ca
t("isinstance([],ca.Sequence),isinstance({},ca.Mapping),isinstance('',ca.Iterable),issubclass(int,ca.Hashable),isinstance([],ca.Hashable)")
class S(ca.Sequence):
    def __len__(s): return 2
    def __getitem__(s,i):
        if i>1: raise IndexError
        return i
match S():
    case [a,b]: print(a,b)
class R: 
    def __len__(s): return 1
    def __getitem__(s,i):
        if i: raise IndexError
        return 7
ca.Sequence.register(R)
match R():
    case [a]: print(a)
t("S.__flags__ & 0x60, ca.Mapping.__flags__ & 0x60"); t("_abc._abc_init.__text_signature__"); t("_abc.get_cache_token.__text_signature__")
class D(A): pass
import gc, weakref
r=weakref.ref(D); issubclass(D,A); issubclass(V,A); del D; gc.collect(); print(r())
s=0
for i in range(300): s+=isinstance(i,ca.Hashable)+issubclass(V,A)+isinstance(V(),A)+isinstance(i,A)
print(s, len(_abc._get_dump(A)))
# modes: native
