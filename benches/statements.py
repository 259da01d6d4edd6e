"""Statements of everyday code, a loop around each: nanoseconds per iteration, best of several runs in one process.

usage: as shapes.py
"""
import shapes

# What stands before the loop, and in it: the body adds to `count` what makes a difference. Both may have several lines.
STATEMENTS = {
    "with": ("thing=Thing(3)",
        "with thing as t: count+=t.x&1"),
    "instance": ("",
        "Thing(i)"),
    "raise": ("",
        "try:\n    raise ValueError(i)\nexcept ValueError as e:\n    count += len(e.args)"),
    "match": ("",
        "match i & 3:\n    case 0: count+=1\n    case 1|2: count+=2\n    case _: marker=i"),
    "lambda": ("",
        "f=lambda x:x+i\ncount+=f(1)"),
    "fstring": ("",
        "text=f'{i}{count!r:>12}'[:4]"),
    "displays": ("text='abcd'",
        "count+=len({i,1})+len((i,*text))+len({**{'k':1}})"),
    "try": ("",
        "try:\n    count+=1\nfinally:\n    count+=2"),
    "arith": ("",
        "count+=i*2-i//3+(i%7)**2"),
    "bits": ("",
        "count^=(i<<2)&255|i>>1"),
    "float": ("",
        "h=i/2.0+1.5"),
    "method": ("thing=Thing(3)",
        "count+=thing.x+thing.method(1)"),
    "property": ("thing=Thing(3)",
        "count+=thing.double"),
    "attribute_delete": ("thing=Thing(3)",
        "thing.y=i\ndel thing.y"),
    "calls": ("items=[1,2,3]",
        "count+=plain(1)+plain(1,2)"),
    "calls_kw": ("items=[1,2,3]",
        "count+=plain(1,c=4)"),
    "calls_star": ("items=[1,2,3]",
        "count+=plain(*items)"),
    "calls_names": ("items=[1,2,3]",
        "count+=plain(1,d=2)"),
    "in_tuple": ("",
        "count+=i in (1,2,3)"),
    "list_comprehension": ("items=[1,2,3]",
        "count+=sum([x for x in items if x])>3"),
    "generator_expression": ("items=[1,2,3]",
        "count+=sum(x for x in items)"),
    "dict": ("table={}",
        "table['b']=i\ndel table['b']"),
    "global": ("",
        "count+=NUMBER"),
    "str_methods": ("text='Hello World'",
        "count+=len(text.lower().replace('o','0').split())"),
    "str_tests": ("text='Hello World'",
        "count+=text.startswith('He')+(text[2]=='l')"),
    "isinstance_tuple": ("thing=Thing(3)",
        "count+=isinstance(thing,(int,str))"),
    "getattr": ("thing=Thing(3)",
        "count+=getattr(thing,'x',0)"),
    "hasattr": ("thing=Thing(3)",
        "count+=hasattr(thing,'zz')"),
    "sort_key": ("items=[3,1,2]",
        "s=sorted(items,key=lambda x:-x)"),
    "enumerate": ("items=[3,1,2]",
        "for k,v in enumerate(items): count+=k*v"),
    "zip": ("items=[3,1,2]",
        "for k,v in zip(items,items): count+=k*v"),
    "dict_items": ("table={1:2,3:4}",
        "for k,v in table.items(): count+=k*v"),
    "dict_get": ("table={1:2,3:4}",
        "count+=table.get(i&3,0)"),
    "setdefault": ("table={}",
        "table.setdefault(i&63,[]).append(i)"),
    "slice": ("items=list(range(10))",
        "count+=len(items[2:5])"),
    "join": ("items=['a','b','c']",
        "count+=len(', '.join(items))"),
    "percent": ("",
        "text='%d %s'%(i,'x')"),
    "str": ("",
        "text=str(i)"),
    "int_of_str": ("",
        "count+=int('123')"),
    "tuple": ("",
        "a=(i,count)"),
    "super": ("class B(Thing):\n    def method(self,a): return super().method(a)\nthing=B(3)",
        "count+=thing.method(1)"),
    "class_method": ("class B(Thing):\n    @classmethod\n    def make(cls,x): return x\nthing=B(3)",
        "count+=B.make(1)"),
    "dict_display": ("",
        "d={'a':i,'b':2}"),
    "list_display": ("",
        "d=[i,2,3]"),
    "append": ("l=[]",
        "l.append(i)\nl.pop()"),
    "unpack": ("p=(1,2)",
        "a,b=p"),
    "chained_comparison": ("",
        "count+=0<=i<100"),
    "while": ("",
        "while count%3: count+=1"),
    "dataclass": ("from dataclasses import dataclass\n@dataclass\nclass P:\n    x:int\n    y:int",
        "p=P(i,2)\ncount+=p.x"),
    "namedtuple": ("from collections import namedtuple\nQ=namedtuple('Q','x y')",
        "p=Q(i,2)\ncount+=p.x"),
    "equal_objects": ("class E:\n    def __eq__(self,o): return True\n    def __hash__(self): return 1\na,b=E(),E()",
        "count+=a==b"),
    "hash_objects": ("class E:\n    def __hash__(self): return 1\na={E():1}\nk=list(a)[0]",
        "count+=a[k]"),
    "deque": ("from collections import deque\nq=deque()",
        "q.append(i)\nq.popleft()"),
    "defaultdict": ("from collections import defaultdict\nq=defaultdict(int)",
        "q[i&63]+=1"),
    "counter": ("from collections import Counter\nq=Counter()",
        "q[i&63]+=1"),
    "heapq": ("import heapq\nq=[]",
        "heapq.heappush(q,i&63)\nif i&1: heapq.heappop(q)"),
    "re_sub": ("import re\np=re.compile('[aeiou]')",
        "text=p.sub('x','hello world')"),
    "re_match": ("import re\np=re.compile(r'(\\w+) (\\w+)')",
        "count+=len(p.match('hello world').group(1))"),
    "lru_cache": ("from functools import lru_cache\n@lru_cache\ndef g(x): return x",
        "count+=g(i&15)"),
    "partial": ("from functools import partial\ng=partial(plain,1)",
        "count+=g(2)"),
    "nested_function": ("",
        "def g(x): return x\ncount+=g(i)"),
    "yield_from": ("def a():\n    yield 1\n    yield 2\ndef b(): yield from a()",
        "for x in b(): count+=x"),
    "generator": ("def a():\n    yield 1\n    yield 2",
        "for x in a(): count+=x"),
    "import_again": ("",
        "import sys as _s\ncount+=1"),
    "any": ("items=[0,0,1]",
        "count+=any(x for x in items)"),
    "map": ("items=[1,2,3]",
        "count+=sum(map(abs,items))"),
    "min": ("items=[1,2,3]",
        "count+=min(i,3)+max(items)"),
    "bytes": ("b=b'hello'",
        "count+=b[1]"),
    "str_index": ("s='hello'",
        "count+=s[i%5]=='l'"),
    "ord": ("s='hello'",
        "count+=ord(s[1])"),
}

# What the statements use.
PRELUDE = """
class Thing:
    def __init__(self, x):
        self.x = x

    def method(self, a, b=2):
        return a + b

    @property
    def double(self):
        return self.x * 2

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return True


def plain(a, b=1, *rest, c=3, **names):
    return a + b + c + len(rest) + len(names)


NUMBER = 3
"""


def function(name):
    """A function of a number of rounds that executes a statement so often."""
    setup, body = (text.splitlines() for text in STATEMENTS[name])
    lines = ["def run(rounds):", "    count = 0", *("    " + line for line in setup)]
    lines += ["    for i in range(rounds):", *("        " + line for line in body), "    return count"]
    namespace = {}
    exec(PRELUDE + "\n".join(lines), namespace)
    return namespace["run"]


if __name__ == "__main__":
    shapes.main({name: function(name) for name in STATEMENTS}, __file__)
