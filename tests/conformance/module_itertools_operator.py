# The modules itertools and _operator: items, errors and representations.
import itertools as I, _operator as o
def t(e):
    try: print(e,'->', eval(e))
    except Exception as x: print(e,'->',type(x).__name__,x)
for e in ["I.count('a')","I.count(step='a')","I.count(1,2,3)","I.count(x=1)","repr(I.count(1.5,2))","repr(I.count(3))","repr(I.count(3,2))","I.cycle()","I.cycle(1)","I.repeat()","I.repeat(1,'a')","repr(I.repeat(1,3))","repr(I.repeat([1]))","I.repeat(1).__length_hint__()","I.repeat(1,-3).__length_hint__()","list(I.repeat(object=1,times=2))","next(I.chain(1))","I.chain.from_iterable(1)","I.accumulate()","list(I.accumulate([1,2,3],initial=5))","list(I.accumulate([1,2,3],func=None))","I.takewhile(1)","I.takewhile(1,2)","I.takewhile(a=1)","list(I.takewhile(1,[2]))","I.islice([1])","I.islice([1],-1)","I.islice([1],1,2,0)","I.islice([1],'a')","I.islice([1],1,'a')","I.islice([1],'a',3)","I.islice([1],1,2,'a')","I.islice([1],None,-1)","I.tee([1],-1)","I.tee(1)","I.tee([1],'a')","I.zip_longest(1)","I.zip_longest([1],x=1)","list(I.zip_longest([1,2],'abc',fillvalue=0))","list(I.zip_longest())","I.groupby()","next(I.groupby([1],key=1))","[(k,list(g)) for k,g in I.groupby('aaabbc')]","[(k,list(g)) for k,g in I.groupby(range(10),lambda x:x//4)]","I.product(1)","I.product([1],repeat='a')","I.product([1],repeat=-1)","list(I.product(repeat=2))","list(I.product('ab',[1,2],repeat=1))","list(I.product('ab',repeat=2))","list(I.product('ab',repeat=0))","I.combinations([1],-1)","I.combinations([1],'a')","I.combinations([1])","I.permutations([1],-1)","I.permutations([1],'a')","I.permutations([1],r=1.0)","list(I.permutations('abc',2))","list(I.permutations('abc'))","list(I.combinations('abcd',2))","list(I.combinations('abcd',0))","list(I.combinations_with_replacement('abc',2))","list(I.permutations([1],None))","I.combinations_with_replacement([1],-1)","list(I.pairwise('abcd'))","I.pairwise(1)","I.batched([1],0)","I.batched([1])","I.batched([1],'a')","list(I.batched('abcdefg',3))","list(I.batched([1,2,3],2,strict=True))","I.starmap(1,2)","list(I.starmap(pow,[1]))","list(I.starmap(pow,[(2,3),[3,2]]))","I.compress([1])","list(I.compress('abcd',[1,0,1]))","I.filterfalse(None)","list(I.filterfalse(None,[0,1]))","list(I.islice(range(10),1,None,3))","list(I.islice(range(10),2,8,2))","list(I.islice(range(10),3))","I.count(10**20).__next__()","list(I.islice(I.cycle('abc'),7))","[list(x) for x in I.tee(range(100),3)]==[list(range(100))]*3","list(I.dropwhile(lambda x:x<3,[1,2,3,1]))","list(I.takewhile(lambda x:x<3,[1,2,3,1]))","list(I.chain('ab',[1],()))","list(I.chain.from_iterable(['ab',[1]]))",
 "o.itemgetter(1,2)([1,2,3])","repr(o.itemgetter(1,'a'))","o.itemgetter()","o.attrgetter('a.b')","o.attrgetter(1)","o.attrgetter('real.imag','real')(3)","o.methodcaller('upper')('a')","o.methodcaller('split',sep=',')('a,b')","repr(o.methodcaller('f',1,x=2))","o.methodcaller(1)","o.methodcaller()","o.itemgetter(1)()","o.itemgetter(1)(x=2)","o.concat(1,2)","o.concat([1],[2])","o.concat({},{})","o.length_hint([1,2])","o.length_hint(3,7)","o.length_hint(I.repeat(1,4))","o.indexOf([1,2],3)","o.indexOf([1,2],2)","o.countOf([1,1,2],1)","o.call(len,[1])","o._compare_digest('a','a')","o._compare_digest(b'a',b'b')","o._compare_digest('é','a')","o._compare_digest(1,'a')","o.not_(0)","o.is_(1,1)","o.iadd([1],[2])","o.add(1)","o.mod(7,3)","o.and_(6,3)","o.itemgetter(1).__reduce__()[1]","o.truth([])","o.setitem({},1,2)"]: t(e)
g=I.groupby([1,1,2]); k,a=next(g); k2,b=next(g); print(list(a), list(b))
it=iter(range(5)); a,b=I.tee(it); print(next(a),next(a),next(b), list(I.tee(a)[1]))
class R:
    def __iter__(s): return s
    def __next__(s): return next(z)
z=I.chain([1],R()); 
try: print(list(I.islice(z,3)))
except Exception as x: print(type(x).__name__)
s=0
for i in range(300):
    for a,b in I.product(range(3),repeat=2): s+=a*b
    for x in I.accumulate(range(5)): s+=x
    s+=sum(I.islice(I.count(),5))
print(s)
# modes: native
