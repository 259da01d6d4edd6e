"""One cycle through every field that the collector must walk: each must go."""
import array
import collections
import functools
import gc
import itertools
import operator
import sys
import weakref

gc.disable()


class O:
    pass


tests = []


def case(make):
    tests.append(make)
    return make


def held(name):
    """A test of an object that is reached through what `make` gives for it."""
    def register(make):
        def run():
            o = O()
            o.field = make(o)
            return o
        run.__name__ = name
        tests.append(run)
        return make
    return register


held("list")(lambda o: [o])
held("tuple")(lambda o: (o,))
held("nested tuple")(lambda o: (1, (2, o)))
held("dict value")(lambda o: {1: o})
held("dict key")(lambda o: {o: 1})
held("dict of strings")(lambda o: {"a": 1, "o": o})
held("large dict")(lambda o: {i: o for i in range(100)})
held("set")(lambda o: {o})
held("large set")(lambda o: {o, *range(50)})
held("frozenset")(lambda o: frozenset([o]))
held("slice start")(lambda o: slice(o))
held("slice stop")(lambda o: slice(None, o))
held("slice step")(lambda o: slice(None, None, o))
held("list iterator")(lambda o: iter([o]))
held("list reverse iterator")(lambda o: reversed([o]))
held("tuple iterator")(lambda o: iter((o,)))
held("set iterator")(lambda o: iter({o}))
held("dict keys iterator")(lambda o: iter({o: 1}))
held("dict values iterator")(lambda o: iter({1: o}.values()))
held("dict items iterator")(lambda o: iter({1: o}.items()))
held("dict reverse iterator")(lambda o: reversed({1: o}))
held("dict reverse values")(lambda o: reversed({1: o}.values()))
held("dict reverse items")(lambda o: reversed({1: o}.items()))
held("dict keys")(lambda o: {o: 1}.keys())
held("dict values")(lambda o: {1: o}.values())
held("dict items")(lambda o: {1: o}.items())
held("enumerate")(lambda o: enumerate([o]))
held("enumerate large")(lambda o: enumerate([o], 2**80))
held("zip")(lambda o: zip([1], [o]))
held("map function")(lambda o: map(lambda x, o=o: x, []))
held("map iterable")(lambda o: map(str, [o]))
held("map iterables")(lambda o: map(max, [1], [o]))
held("filter function")(lambda o: filter(lambda x, o=o: x, []))
held("filter iterable")(lambda o: filter(None, [o]))
held("callable iterator")(lambda o: iter(lambda o=o: o, 3))
held("callable sentinel")(lambda o: iter(int, o))


class Sequence:
    def __init__(self, o):
        self.o = o

    def __getitem__(self, i):
        return self.o

    def __len__(self):
        return 1


held("sequence iterator")(lambda o: iter(Sequence(o)))
held("reversed")(lambda o: reversed(Sequence(o)))
held("bound method")(lambda o: Sequence(o).__len__)
held("builtin method")(lambda o: [o].append)
held("builtin method of dict")(lambda o: {1: o}.get)
held("method wrapper")(lambda o: [o].__len__)
held("property getter")(lambda o: property(lambda s, o=o: o))
held("property setter")(lambda o: property(None, lambda s, v, o=o: o))
held("property deleter")(lambda o: property(None, None, lambda s, o=o: o))
held("property doc")(lambda o: property(None, None, None, o))
held("staticmethod")(lambda o: staticmethod(lambda o=o: o))
held("classmethod")(lambda o: classmethod(lambda c, o=o: o))
held("static attribute")(lambda o: setter(staticmethod(len), o))
held("class attribute")(lambda o: setter(classmethod(len), o))
held("generic alias")(lambda o: list[o])
held("generic alias origin")(lambda o: type(list[int])(o, int))
held("mapping proxy")(lambda o: type(type.__dict__)({1: o}))
held("namespace")(lambda o: type(sys.implementation)(a=o))
held("exception args")(lambda o: ValueError(o))
held("exception attribute")(lambda o: setter(ValueError(), o))
held("exception cause")(lambda o: chained("__cause__", o))
held("exception context")(lambda o: chained("__context__", o))
held("exception notes")(lambda o: noted(o))
held("stop iteration")(lambda o: value(StopIteration(), "value", o))
held("system exit")(lambda o: value(SystemExit(), "code", o))
held("attribute error")(lambda o: AttributeError(name="n", obj=o))
held("name error")(lambda o: value(NameError(), "name", o))
held("import error")(lambda o: ImportError(name=o, path=1))
held("import error path")(lambda o: ImportError(name=1, path=o))
held("os error")(lambda o: value(OSError(1, "a"), "filename", o))
held("syntax error")(lambda o: value(SyntaxError(), "text", o))
held("unicode error")(lambda o: value(UnicodeDecodeError("a", b"b", 0, 1, "c"), "reason", "x") and setter(UnicodeDecodeError("a", b"b", 0, 1, "c"), o))
held("exception group")(lambda o: ExceptionGroup("g", [ValueError(o)]))
held("array attribute")(lambda o: setter(Array("i"), o))
held("deque")(lambda o: collections.deque([o]))
held("long deque")(lambda o: collections.deque([o] * 200))
held("deque iterator")(lambda o: iter(collections.deque([o])))
held("deque reverse iterator")(lambda o: reversed(collections.deque([o])))
held("defaultdict factory")(lambda o: collections.defaultdict(lambda o=o: o))
held("defaultdict value")(lambda o: collections.defaultdict(int, {1: o}))
held("partial function")(lambda o: functools.partial(lambda o=o: o))
held("partial argument")(lambda o: functools.partial(len, o))
held("partial keyword")(lambda o: functools.partial(len, a=o))
held("partial attribute")(lambda o: setter(functools.partial(len), o))
held("lru_cache function")(lambda o: functools.lru_cache(lambda o=o: o))
held("lru_cache value")(lambda o: called(functools.lru_cache(lambda: o)))
held("lru_cache key")(lambda o: called(functools.lru_cache(lambda x: 1), o))
held("unbounded cache")(lambda o: called(functools.lru_cache(None)(lambda x: 1), o))
held("cmp_to_key")(lambda o: functools.cmp_to_key(len)(o))
held("attrgetter")(lambda o: operator.attrgetter("a"))
held("itemgetter")(lambda o: operator.itemgetter(o))
held("methodcaller")(lambda o: operator.methodcaller("a", o))
held("methodcaller keyword")(lambda o: operator.methodcaller("a", b=o))
held("chain")(lambda o: itertools.chain([o]))
held("started chain")(lambda o: stepped(itertools.chain([o, o], [1])))
held("islice")(lambda o: itertools.islice([o], 1))
held("cycle")(lambda o: itertools.cycle([o]))
held("started cycle")(lambda o: stepped(itertools.cycle([o, 2])))
held("repeat")(lambda o: itertools.repeat(o))
held("count")(lambda o: itertools.count(1.5))
held("accumulate")(lambda o: itertools.accumulate([o]))
held("started accumulate")(lambda o: stepped(itertools.accumulate([o, 1])))
held("accumulate function")(lambda o: itertools.accumulate([], lambda a, b, o=o: a))
held("accumulate initial")(lambda o: itertools.accumulate([], initial=o))
held("takewhile")(lambda o: itertools.takewhile(lambda x, o=o: x, []))
held("dropwhile")(lambda o: itertools.dropwhile(lambda x: x, [o]))
held("filterfalse")(lambda o: itertools.filterfalse(None, [o]))
held("starmap")(lambda o: itertools.starmap(lambda o=o: o, []))
held("compress")(lambda o: itertools.compress([o], [1]))
held("compress selectors")(lambda o: itertools.compress([1], [o]))
held("zip_longest")(lambda o: itertools.zip_longest([1], [o]))
held("zip_longest fill")(lambda o: itertools.zip_longest([1], [2], fillvalue=o))
held("product")(lambda o: itertools.product([o], [1]))
held("started product")(lambda o: stepped(itertools.product([o], [1, 2])))
held("permutations")(lambda o: stepped(itertools.permutations([o, 1])))
held("combinations")(lambda o: stepped(itertools.combinations([o, 1, 2], 2)))
held("replacements")(lambda o: stepped(itertools.combinations_with_replacement([o, 1], 2)))
held("groupby")(lambda o: itertools.groupby([o]))
held("groupby key")(lambda o: itertools.groupby([], lambda x, o=o: x))
held("started groupby")(lambda o: stepped(itertools.groupby([o, o, 1])))
held("group")(lambda o: next(itertools.groupby([o, o, 1]))[1])
held("tee")(lambda o: itertools.tee([o])[0])
held("started tee")(lambda o: behind(itertools.tee([o, 1, 2])))
held("pairwise")(lambda o: stepped(itertools.pairwise([o, 1, 2])))
held("batched")(lambda o: itertools.batched([o], 1))
held("weak callback")(lambda o: weakref.ref(case, lambda r, o=o: o))
held("weak proxy callback")(lambda o: weakref.proxy(case, lambda r, o=o: o))


class Array(array.array):
    pass


class Bytes(bytearray):
    pass


def setter(holder, o):
    holder.attribute = o
    return holder


def value(holder, name, o):
    setattr(holder, name, o)
    return holder


def chained(name, o):
    e = ValueError()
    setattr(e, name, ValueError(o))
    return e


def noted(o):
    e = ValueError()
    e.__notes__ = [o]
    return e


def called(f, *args):
    f(*args)
    return f


def stepped(it):
    next(it)
    return it


def behind(pair):
    next(pair[1])
    return pair


def function_with(name, make):
    def run():
        o = O()
        f = make(o)
        o.f = f
        return o
    run.__name__ = name
    tests.append(run)


def with_closure(o):
    def f():
        return o
    return f


def with_default(o):
    def f(a=o):
        return a
    return f


def with_keyword(o):
    def f(*, a=o):
        return a
    return f


def with_annotations(o):
    def f():
        pass
    f.__annotations__ = {"a": o}
    return f


def with_annotate(o):
    def f(a: o):
        pass
    return f


def with_globals(o):
    ns = {"o": o}
    exec("def f(): return o", ns)
    return ns["f"]


def with_name(attribute):
    def make(o):
        def f():
            pass
        setattr(f, attribute, o)
        return f
    return make


function_with("closure", with_closure)
function_with("cell", lambda o: with_closure(o).__closure__[0])
function_with("default", with_default)
function_with("keyword default", with_keyword)
function_with("annotations", with_annotations)
function_with("annotate", with_annotate)
function_with("globals", with_globals)
function_with("function attribute", with_name("x"))
function_with("function doc", with_name("__doc__"))
function_with("function module", with_name("__module__"))


@case
def traceback():
    o = O()
    try:
        raise ValueError
    except ValueError as e:
        o.tb = e.__traceback__
    return o


@case
def inner_traceback():
    o = O()

    def inner(p):
        raise ValueError
    try:
        inner(o)
    except ValueError as e:
        o.tb = e.__traceback__
    return o


@case
def frame():
    o = O()
    o.frame = sys._getframe()
    return o


@case
def frame_locals():
    o = O()
    o.locals = sys._getframe().f_locals
    return o


@case
def generator():
    o = O()

    def g():
        q = o
        yield 1
    o.it = g()
    next(o.it)
    return o


@case
def generator_not_started():
    o = O()

    def g(a):
        yield a
    o.it = g(o)
    return o


@case
def generator_finished():
    o = O()

    def g():
        yield 1
        return o
    o.it = g()
    list(o.it)
    return o


@case
def generator_expression():
    o = O()
    o.it = (x for x in [o])
    return o


@case
def generator_handling():
    o = O()

    def g():
        try:
            raise ValueError(o)
        except ValueError:
            yield 1
    o.it = g()
    next(o.it)
    return o


@case
def generator_delegating():
    o = O()

    def g():
        yield from [o]
    o.it = g()
    next(o.it)
    return o


@case
def coroutine():
    o = O()

    async def c(a):
        pass
    o.c = c(o)
    o.c.close()
    o.d = c(o)
    import warnings
    warnings.simplefilter("ignore")
    return o


@case
def async_generator():
    o = O()

    async def c(a):
        yield a
    o.c = c(o)
    return o


@case
def super_object():
    class B:
        pass

    class C(B):
        def m(self):
            return super()
    o = C()
    o.s = o.m()
    return o


@case
def class_namespace():
    class C:
        pass
    o = C()
    C.o = o
    return o


@case
def class_bases():
    class B:
        pass

    class C(B):
        pass
    o = C()
    B.o = o
    return o


@case
def class_doc():
    o = O()

    class C:
        pass
    C.__doc__ = o
    o.c = C
    return o


@case
def metaclass():
    class M(type):
        pass

    class C(metaclass=M):
        pass
    o = C()
    M.o = o
    return o


@case
def class_cell():
    o = O()

    class C:
        def m(self):
            return __class__, o
    o.c = C
    return o


@case
def class_annotations():
    o = O()

    class C:
        x: o
    o.c = C
    return o


@case
def many_attributes():
    o = O()
    for i in range(200):
        setattr(o, "a%d" % i, i)
    o.me = o
    return o


@case
def dictionary_of_instance():
    o = O()
    o.__dict__["x"] = o
    o.__dict__[3] = o
    return o


@case
def dictionary_assigned():
    o = O()
    o.__dict__ = {"o": o}
    return o


@case
def dictionary_kept():
    o = O()
    o.d = o.__dict__
    return o


@case
def slots():
    class S:
        __slots__ = ("a", "b", "__weakref__")
    s = S()
    s.b = s
    return s


@case
def slots_and_dictionary():
    class S:
        __slots__ = ("a", "__weakref__", "__dict__")
    s = S()
    s.a = s
    s.z = s
    return s


@case
def slots_inherited():
    class S:
        __slots__ = ("a",)

    class T(S):
        __slots__ = ("b", "__weakref__")
    s = T()
    s.a = s
    return s


def subclass(base, *args, weak=True):
    def run():
        class L(base):
            pass
        o = L(*args)
        o.me = o
        return o
    run.__name__ = base.__name__ + " subclass"
    tests.append(run)


for base in (list, dict, set, frozenset, bytearray, float, complex, str, Exception, OSError, StopIteration,
             collections.deque, collections.defaultdict, collections.OrderedDict, type(sys.implementation), property):
    subclass(base)
subclass(array.array, "i")
subclass(enumerate, [])
subclass(zip)
subclass(map, str, [])
subclass(filter, None, [])
subclass(reversed, Sequence(1))
subclass(weakref.ref, O)
subclass(functools.partial, len)
subclass(itertools.chain)


@case
def module():
    o = O()
    m = type(sys)("m")
    m.o = o
    o.m = m
    return o


@case
def type_variable():
    o = O()

    def f[T: (o, int)](x: T):
        pass
    o.t = f.__type_params__[0]
    return o


@case
def type_alias():
    o = O()
    type A = list[o]
    o.t = A
    return o


@case
def template():
    o = O()
    o.t = t"{o}"
    return o


@case
def deep():
    o = O()
    x = o
    for i in range(1000):
        x = [x]
    o.x = x
    return o


def check(make):
    o = make()
    r = weakref.ref(o)
    del o
    gc.collect()
    return r() is None


for make in tests:
    try:
        result = check(make)
    except TypeError as e:
        result = str(e)
    print(make.__name__, result)
before = len(gc.get_objects())
for i in range(3):
    for make in tests[::7]:
        try:
            check(make)
        except TypeError:
            pass
print(len(gc.get_objects()) - before < 200)
