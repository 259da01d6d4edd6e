# Pickles of all protocols: the same bytes as CPython's, what is read back, notes and messages.
import collections, copyreg, functools, io, re, sys
import _pickle as P

def t(expression):
    try:
        shown = repr(eval(expression))
    except BaseException as error:
        shown = f"! {type(error).__name__} {error} {getattr(error, '__notes__', '')}"
    print(expression, "->", re.sub("0x[0-9a-f]+", "0x", shown)[:300])

class R:
    def __init__(s,*r): s.r=r
    def __reduce__(s): return s.r[0]
class W: pass
def f(): pass
class NoR:
    def __getattribute__(s,n):
        if n.startswith('__reduce'): raise AttributeError(n)
        return object.__getattribute__(s,n)
class PI(P.Pickler):
    def persistent_id(s,o): return 'é' if o==1 else None
L=lambda: 0

for line in r"""
P.dumps(L)
P.dumps(lambda: 0)
P.dumps(R(1))
P.dumps(R((1,)))
P.dumps(R((1,2)))
P.dumps(R((int,2)))
P.dumps(R((int,(),1,2)))
P.dumps(R((int,(),None,2)))
P.dumps(R((int,(),None,None,2)))
P.dumps(R((int,(),None,None,None,2)))
P.dumps(R((int,(),None,None,iter([1]))))
P.dumps(R((int,(),None,None,iter([(1,)]))))
P.dumps(R('foo'))
P.dumps(R((copyreg.__newobj__,())))
P.dumps(R((copyreg.__newobj__,(1,))))
P.dumps(R((copyreg.__newobj__,(int,))))
P.dumps(R((copyreg.__newobj_ex__,(1,))))
P.dumps(R((copyreg.__newobj_ex__,(1,2,3))))
P.dumps(R((copyreg.__newobj_ex__,(int,2,3))))
P.dumps(R((copyreg.__newobj_ex__,(R,2,3))))
P.dumps(R((copyreg.__newobj_ex__,(R,(),3))))
P.dumps([1,[L]])
P.dumps({1:{2:L}})
P.dumps((1,(2,L)))
P.dumps({L})
P.dumps(frozenset([L]))
P.dumps(NoR())
P.dumps(sys)
P.dumps(R((int,(L,))))
P.dumps(R((L,())))
P.dumps(R((R,(),L)))
P.dumps(R((R,(),None,[L])))
P.dumps(R((R,(),None,iter([L]))))
P.dumps(R((R,(),None,None,iter([(1,L)]))))
P.dumps(R((R,(),1,None,None,L)))
P.dumps(1,6)
P.dumps(1,-1)
P.dumps(1,'a')
P.dumps(1,protocol=None)
P.dumps(1,buffer_callback=1,protocol=4)
P.dumps(1,buffer_callback=1)
P.Pickler(1)
P.Pickler()
P.Pickler.__new__(P.Pickler).dump(1)
P.Unpickler.__new__(P.Unpickler).load()
P.Unpickler(1)
P.Unpickler(io.BytesIO()).load()
P.loads(b'')
P.loads('a')
P.loads(1)
P.loads(b'a')
P.loads(b'\xff')
P.loads(b'.')
P.loads(b'N')
P.loads(b'I')
P.loads(b'Ia\n.')
P.loads(b'I1')
P.loads(b'L1L\n.')
P.loads(b'Lx\n.')
P.loads(b'Fx\n.')
P.loads(b'F1.5\n.')
P.loads(b'J\1')
P.loads(b'\x8b\xff\xff\xff\xff.')
P.loads(b"S'a\n.")
P.loads(b"Sa\n.")
P.loads(b"S'a\\x41\n'\n.")
P.loads(b"S'\xff'\n.")
P.loads(b"U\1\xff.")
P.loads(b"T\xff\xff\xff\xff.")
P.loads(b"X\1\0\0\0\xff.")
P.loads(b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff.")
P.loads(b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.")
P.loads(b"\x96\xff\xff\xff\xff\xff\xff\xff\xff.")
P.loads(b"\x95\xff\xff\xff\xff\xff\xff\xff\xff.")
P.loads(b"\x95\x01\0\0\0\0\0\0\0.")
P.loads(b"\x95\x02\0\0\0\0\0\0\0N")
P.loads(b"\x95\x02\0\0\0\0\0\0\0K\1\2.")
P.loads(b"Vabc\\u0041\n.")
P.loads(b"V\\ud800\n.")
P.loads(b"t.")
P.loads(b"(t.")
P.loads(b"0.")
P.loads(b"(0.")
P.loads(b"(1.")
P.loads(b"1.")
P.loads(b"2.")
P.loads(b"(2.")
P.loads(b"(N2t.")
P.loads(b"\x85.")
P.loads(b"\x86.")
P.loads(b"(N\x86.")
P.loads(b"(\x85.")
P.loads(b"a.")
P.loads(b"Na.")
P.loads(b"NNa.")
P.loads(b"]Na.")
P.loads(b"](NNe.")
P.loads(b"N(e.")
P.loads(b"N(Ne.")
P.loads(b"}(NNu.")
P.loads(b"}(Nu.")
P.loads(b"N(NNu.")
P.loads(b"}NNs.")
P.loads(b"}(]Nu.")
P.loads(b"(Nd.")
P.loads(b"(NNd.")
P.loads(b"\x8f(N\x90.")
P.loads(b"N(N\x90.")
P.loads(b"(N\x91.")
P.loads(b"(]\x91.")
P.loads(b"Nb.")
P.loads(b"NNb.")
P.loads(b"NK\1b.")
P.loads(b"g0\n.")
P.loads(b"gx\n.")
P.loads(b"g-1\n.")
P.loads(b"h\0.")
P.loads(b"j\0\0\0\0.")
P.loads(b"Np0\ng0\n\x86.")
P.loads(b"Np-1\n.")
P.loads(b"Npx\n.")
P.loads(b"p0\n.")
P.loads(b"q\0.")
P.loads(b"\x94.")
P.loads(b"N\x94h\0.")
P.loads(b"Pabc\n.")
P.loads(b"P\xff\n.")
P.loads(b"NQ.")
P.loads(b"Q.")
P.loads(b"R.")
P.loads(b"NR.")
P.loads(b"NNR.")
P.loads(b"N)R.")
P.loads(b"cbuiltins\nint\n)R.")
P.loads(b"cbuiltins\nint\nNR.")
P.loads(b"c__builtin__\nlong\n.")
P.loads(b"cfoo\nbar\n.")
P.loads(b"cbuiltins\nfoo\n.")
P.loads(b"cbuiltins\nint.foo\n.")
P.loads(b"\x80\4\x8c\10builtins\x8c\7int.foo\x93.")
P.loads(b"\x80\4\x8c\10builtins\x8c\10int.real\x93.")
P.loads(b"\x80\4NN\x93.")
P.loads(b"\x93.")
P.loads(b"N\x93.")
P.loads(b"cbuiltins\nint\n(\x81.")
P.loads(b"cbuiltins\nint\n)\x81.")
P.loads(b"N)\x81.")
P.loads(b"cbuiltins\nint\nN\x81.")
P.loads(b"cbuiltins\nint\n)}\x92.")
P.loads(b"cbuiltins\nint\nN}\x92.")
P.loads(b"cbuiltins\nint\n)N\x92.")
P.loads(b"N)}\x92.")
P.loads(b"(ibuiltins\nint\n.")
P.loads(b"(cbuiltins\nint\no.")
P.loads(b"(o.")
P.loads(b"(No.")
P.loads(b"ibuiltins\nint\n.")
P.loads(b"\x82\0.")
P.loads(b"\x82\1.")
P.loads(b"\x84\xff\xff\xff\xff.")
P.loads(b"\x80\6.")
P.loads(b"\x80\5N.")
P.loads(b"\x97.")
P.loads(b"\x97.",buffers=[])
P.loads(b"\x97.",buffers=[b'a'])
P.loads(b"\x97\x98.",buffers=[bytearray(b'a')])
P.loads(b"N\x98.")
P.loads(b"N.",buffers=1)
P.loads(b"N.",encoding=1)
P.loads(b"U\1\xff.",encoding='bytes')
P.loads(b"U\1\xff.",encoding='latin1')
P.loads(b"U\1\xff.",errors='replace')
P.load(io.BytesIO(b'N.'))
P.load(1)
P.dump(1,1)
P.dump(1)
PI(io.BytesIO(),0).dump(1)
P.dumps('\ud800'), P.dumps('\ud800\\\n\0\x1aé€😀',0)
P.dumps(P.PickleBuffer(b'abc'),4)
P.dumps(P.PickleBuffer(b'abc'))
P.dumps(P.PickleBuffer(bytearray(b'abc')))
P.dumps(P.PickleBuffer(memoryview(b'abcd')[::2]))
P.PickleBuffer(1)
P.PickleBuffer()
P.PickleBuffer(b'abc').raw().tobytes()
P.PickleBuffer(memoryview(b'abcd')[::2]).raw()
[ (b.release(), b.release()) for b in [P.PickleBuffer(b'abc')]]
[ (b.release(), b.raw()) for b in [P.PickleBuffer(b'abc')]]
[ (b.release(), P.dumps(b)) for b in [P.PickleBuffer(b'abc')]]
P.PickleBuffer(b'a')==P.PickleBuffer(b'a')
P.dumps(P.PicklingError('a'))
[x for p in [P.Pickler(io.BytesIO())] for x in [p.bin,p.fast,p.memo.copy(),p.dump([1]),len(p.memo.copy()),p.clear_memo(),p.memo.copy()]]
[setattr(P.Pickler(io.BytesIO()),'memo',1)]
[setattr(P.Pickler(io.BytesIO()),'memo',{1:2})]
[setattr(P.Unpickler(io.BytesIO()),'memo',1)]
[setattr(P.Unpickler(io.BytesIO()),'memo',{'a':2})]
[setattr(P.Unpickler(io.BytesIO()),'memo',{-1:2})]
P.Unpickler(io.BytesIO()).persistent_load(1)
P.Unpickler(io.BytesIO()).find_class('builtins','int')
P.Unpickler(io.BytesIO()).find_class(1,'int')
P.Pickler(io.BytesIO()).dispatch_table
delattr(P.Pickler(io.BytesIO()),'memo')
P.Pickler(io.BytesIO(),1,2,3)
""".strip().splitlines():
    t(line)

def checksum(data):
    total = 1
    for byte in data[:400] + data[-400:] + data[::97]:
        total = total * 31 % 1000003 + byte
    return len(data), total

class A:
    def __init__(s, **k): s.__dict__.update(k)
    def __eq__(s, o): return type(s) is type(o) and s.__dict__ == o.__dict__
    __hash__ = None
class Slots:
    __slots__ = ('a', 'b')
class NewArgs(int):
    def __new__(cls, *a, **k): return int.__new__(cls, *a)
    def __getnewargs_ex__(s): return (int(s),), {'x': 1}
class NewArgs1(str):
    def __getnewargs__(s): return (str(s),)
class L(list): pass
class D(dict): pass
class T(tuple): pass
class S(set): pass
class State:
    def __getstate__(s): return 5
    def __setstate__(s, v): s.v = v
    class Inner:
        pass
def setter(o, s): o.__dict__.update(s)
class Setter:
    def __reduce__(s): return Setter, (), {'a': 1}, None, None, setter
class Rec:
    def __reduce__(s): return Rec, (), {'me': s}
def function(): pass
Point = collections.namedtuple('Point', 'x y')
rl = []; rl.append(rl)
rd = {}; rd[1] = rd
rt = ([],); rt[0].append(rt)
ra = A(); ra.me = ra
sl = Slots(); sl.a = 1
rs = S(); rs.me = rs
big = [list(range(n)) for n in (1, 2, 999, 1000, 1001)]
objects = dict(
    atoms=[None, True, False, 0, 1, -1, 255, 256, 65535, 65536, 2**31-1, 2**31, -2**31, -2**31-1, 2**63, -2**63, 2**1000, -2**1000, 2**2048-1, -(2**2047), 128, -128, 32768, -32768],
    floats=[0.0, -0.0, 1.5, float('inf'), float('-inf'), 1e300],
    strs=['', 'a', 'é', '€', '😀', '\ud800', 'a\nb\\c\r\0\x1a', 'x'*255, 'x'*256, 'x'*66000, 'é'*128],
    bytess=[b'', b'a', bytes(range(256)), b'x'*66000],
    bytearrays=[bytearray(), bytearray(b'a'), bytearray(66000)],
    tuples=[(), (1,), (1,2), (1,2,3), (1,2,3,4), ((),((),)), tuple(range(300))],
    lists=big, shared=[rl, rl, ('a', 'a'), [('x',)]*3], rec=[rd, rt, ra, rs],
    dicts=[{}, {1:2}, {i:i for i in range(999)}, {i:i for i in range(1000)}, {str(i):i for i in range(1001)}],
    sets=[set(), {1}, set(range(1000)), set(range(1001)), frozenset(), frozenset([1]), frozenset(range(1500))],
    classes=[A, int, State.Inner, type(None), type(...), type(NotImplemented), NotImplemented, ..., function, len, collections.OrderedDict, State.Inner.__init__ if 0 else 1, str.join, dict.fromkeys, range(3), slice(1,2), complex(1,2), type],
    instances=[A(a=1, b=[1]), sl, NewArgs(5), NewArgs1('x'), L([1,2]), D(a=1), T((1,2)), S([1]), State(), Setter(), Point(1,2), collections.OrderedDict(a=1), collections.deque([1,2],3), collections.Counter('abca'), collections.defaultdict(int, a=1), functools.partial(int, '5', base=8), Exception('a', 1), KeyError('x'), OSError(2, 'No such file'), ValueError(), Rec(), [].append, 'a'.join, iter([1,2]), range(5).__iter__()],
    frames=['x'*1000]*3 + ['y%d' % i for i in range(200)] + [b'z'*65536, b'z'*65535, 'w'*65536],
)

copyreg.add_extension("collections", "deque", 300)
for name, samples in objects.items():
    for protocol in range(6):
        for index, sample in enumerate([samples] + list(samples)[:60]):
            try:
                data = P.dumps(sample, protocol)
                file = io.BytesIO()
                P.dump(sample, file, protocol)
                assert file.getvalue() == data
                copy = P.loads(data)
                assert type(copy) is type(P.load(io.BytesIO(data)))
                if index and name not in ("rec", "shared", "instances"):
                    assert copy == sample and type(copy) is type(sample)
                shown = checksum(data), type(copy).__name__
            except BaseException as error:
                shown = type(error).__name__, re.sub("0x[0-9a-f]+", "0x", str(error))[:200], getattr(error, "__notes__", "")
            print(name, protocol, index, *shown)

class Persistent(P.Pickler):
    def persistent_id(s, o): return f"id{o}" if isinstance(o, float) else None
    def reducer_override(s, o): return (int, ("7",)) if isinstance(o, A) else NotImplemented

class Loading(P.Unpickler):
    def persistent_load(s, i): return i
    def find_class(s, m, n): return super().find_class(m, n)

for protocol in range(6):
    file = io.BytesIO()
    pickler = Persistent(file, protocol)
    pickler.dump([1.5, A(), "a"])
    pickler.dump(["a", 1.5])
    print(file.getvalue())
    file.seek(0)
    reader = Loading(file)
    print(reader.load(), reader.load())
pickler = P.Pickler(file := io.BytesIO())
pickler.fast = 1
pickler.dump(["a", "a", {1: "a"}])
print(file.getvalue())
pickler = P.Pickler(file := io.BytesIO())
pickler.dispatch_table = {A: lambda o: (str, ("table",))}
pickler.dump([A(), 1])
print(file.getvalue())
buffers = []
data = P.dumps([P.PickleBuffer(b"abc"), P.PickleBuffer(bytearray(b"def"))], 5, buffer_callback=buffers.append)
print(data, len(P.loads(data, buffers=buffers)))
deep = []
for i in range(100000):
    deep = [deep]
try:
    P.dumps(deep)
except RecursionError:
    print("RecursionError")
while deep:
    deep = deep[0]
