# The modules _heapq and _bisect: priority queues, insertion points, and what comparisons that change the list do.
import _heapq as H, _bisect as B
def t(e):
    try: print(e,'->', eval(e))
    except BaseException as x: print(e,'->',type(x).__name__,x)
import sys
s=12345
def r():
    global s
    s=(s*1103515245+12345)&0x7fffffff; return s%100
data=[r() for _ in range(60)]
h=[]; 
for x in data: H.heappush(h,x)
print(h==sorted(h) or h[0]==min(h), [H.heappop(h) for _ in range(len(data))]==sorted(data))
h=data[:]; H.heapify(h); print(h); print(H.heapreplace(h,50),H.heappushpop(h,3),H.heappushpop(h,99),h)
h=data[:]; H.heapify_max(h); print(h); print(H.heapreplace_max(h,50),H.heappushpop_max(h,99),H.heappushpop_max(h,3),H.heappop_max(h),h); H.heappush_max(h,200); print(h[0])
for e in ["H.heappop([])","H.heapreplace([],1)","H.heappushpop([],1)","H.heappush(1,2)","H.heappush([])","H.heapify(())","H.heappush([1],'a')","H.heapify([1,'a'])","B.bisect_right([1,2,2,3],2)","B.bisect_left([1,2,2,3],2)","B.bisect_right([1,2,2,3],2,lo=1,hi=2)","B.bisect_left([1],1,-1)","B.bisect_left(a=[1,2],x=2)","B.bisect_right([3,2,1],2,key=lambda v:-v)","B.bisect_right()","B.bisect_right([1],1,0,1,2)","B.bisect_right([1],1,foo=1)","B.bisect_right(range(10**15),5*10**14)","B.bisect_right([1],1,'a')","B.bisect_right([1,2],1,hi=None)","B.insort_right.__name__","B.bisect_left.__text_signature__"]: t(e)
l=[]
for x in data[:20]: B.insort_right(l,x)
print(l==sorted(data[:20])); B.insort_left(l,7,key=lambda v:v); print(l)
class E:
    def __init__(s,v): s.v=v
    def __lt__(s,o): L.clear(); return s.v<o.v
L=[E(3),E(1),E(2),E(5)]; t("H.heapify(L)"); L=[E(3),E(1),E(2),E(5)]; t("H.heappop(L)"); L=[E(3),E(1),E(2),E(5)]; t("H.heappush(L,E(0))")
n=0
for i in range(300):
    q=[i%5,i%3]; H.heapify(q); H.heappush(q,i%7); n+=H.heappop(q); n+=B.bisect_left(data,i%100)
print(n)
# modes: native
