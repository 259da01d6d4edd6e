# memoryview: geometry, formats, assignment, exports, and buffers of classes.
import array
M=memoryview
def t(e):
    try:
        x=eval(e); print(e,'->', x if type(x) is not M else ('view',x.tolist()))
    except BaseException as x: print(e,'->',type(x).__name__,x)
m=M(b'abcdef'); r=M(b'abc'); r.release(); a=array.array('i',[1,2,3,4]); ba=bytearray(b'abcdef'); w=M(ba); m2=M(bytes(range(24))).cast('B',[2,3,4])
for k in ('tobytes','hex','tolist','cast','toreadonly','_from_flags','count','index','release','__enter__','__exit__'): print(k, getattr(M,k).__text_signature__)
for e in ["M()","M(1)","M('a')","M(object=b'a')","m","m[0]","m[-1]","m[10]","m['a']","m[1:3]","m[1:3].tobytes()","m[::2].tolist()","m[::-1].tobytes()","m[...]","m[()]","w.__setitem__(0,1)","w.__setitem__(0,300)","w.__setitem__(0,'a')","w.__setitem__(slice(0,2),b'xy')","w.__setitem__(slice(0,2),b'xyz')","ba","w.__delitem__(0)","m.__setitem__(0,1)","m.format,m.itemsize,m.ndim,m.shape,m.strides,m.suboffsets,m.nbytes,m.readonly,m.obj,m.c_contiguous,m.f_contiguous,m.contiguous","M(a).format,M(a).tolist(),M(a).nbytes","M(a)[1]","M(a).cast('B')[:4].tolist()","M(a).cast('f')","M(b'abc').cast('i')","M(a).cast('B').cast('i').tolist()","m.cast('x')","m.cast(1)","m.cast('B',[2,3]).tolist()","m.cast('B',[2,4])","m.cast('B',[])","m2.tolist()","m2[0]","m2[1,2,3]","m2[1,2]","m2[5,0,0]","m2.shape,m2.strides","m2.tobytes()==bytes(range(24))","m2.tobytes('F')[:6]","m2[0:1]","len(m2)","M(b'').tolist()","len(m)","m==b'abcdef'","m==M(b'abcdef')","m==1","m<m","hash(m)==hash(b'abcdef')","hash(w)","M(a)==a","M(a)==M(array.array('q',[1,2,3,4]))","r[0]","r.release()","r.obj","len(r)","r==r","r.tobytes()","m.hex()","m.hex(':',2)","M(a).hex()","m.index(98)","m.index(1)","m.count(97)","m.toreadonly().readonly","w.toreadonly()[0]","list(m)[:2]","list(reversed(m))[:2]","97 in m","m.__enter__() is m","M._from_flags(b'a',0)","M._from_flags(b'a',1)","M(m).obj is m.obj","m.tolist()","list(m2)","iter(m2)","M(b'\\x01\\x00').cast('?').tolist()","M(bytes(8)).cast('d').tolist()","M(b'ab').cast('c').tolist()","M(b'ab').cast('c')[0]","M(bytearray(4)).cast('c').__setitem__(0,1)","M(bytearray(4)).cast('c').__setitem__(0,b'xx')","M(bytearray(4)).cast('?').__setitem__(0,2)","M(bytearray(4)).cast('f').__setitem__(0,'a')","M(bytearray(4)).cast('i').__setitem__(0,1<<40)","M(bytearray(4)).cast('i').__setitem__(0,1.5)","m.__class_getitem__(int)","M(b'abc')[0:2]==b'ab'","m.f_contiguous","m2.f_contiguous","m[5:2].tolist()","M(m2).cast('B').shape","m[::2].cast('B')","m[::2].contiguous","bytes(m[::2])","bytearray(m2)[:3]","b''.join([m,m])[:8]","m+b'a'","b'a'+m","int(M(b'12'))","m.tobytes('X')","m.tobytes(None)","type(m.obj)"]: t(e)
ba2=bytearray(b'abc'); v=M(ba2)
t("ba2.append(1)"); v.release(); t("ba2.append(1)"); 
with M(ba2) as q: pass
t("q[0]")
v=M(ba2); vv=v[1:]; t("v.release()"); vv.release(); t("v.release()"); t("ba2.append(2)")
class X:
    def __init__(s): s.b=bytearray(b'hello')
    def __buffer__(s, flags): s.f=flags; return M(s.b)
    def __release_buffer__(s, view): print('released', view.tolist()); view.release()
x=X(); t("bytes(x)"); v=M(x); print(v[0], v.obj is x.b, v.tobytes()); v.release(); t("x.b.append(1)"); t("b''.join([x])"); print(b'abc'.find(x))
class Y:
    def __buffer__(s, flags): return 1
t("M(Y())"); t("b'abc'.__buffer__(0)"); t("bytearray(b'abc').__buffer__(1)"); t("b'abc'.__buffer__(1)"); t("bytearray(b'q').__release_buffer__(1)")
s=0
for i in range(300):
    v=M(bytearray(range(10))); v[i%10]=i%256; s+=sum(v[::3])+len(v); v[2:4]=b'zz'; s+=v[2]
print(s)
match m:
    case [first,*rest]: print(first,len(rest))
