"""Containers and iterators of the library: nanoseconds for each operation.

usage: INTERPRETER containers.py [NAME ...]
"""
import array
import bisect
import functools
import heapq
import itertools
import operator
import random
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple

from measure import report

N = 1000
GENERATOR = random.Random(7)
SHUFFLED = [GENERATOR.randrange(10 * N) for _ in range(N)]
ORDERED = sorted(SHUFFLED)
WORDS = [f"w{i % 37}" for i in SHUFFLED]
PAIRS = [(word, number) for word, number in zip(WORDS, SHUFFLED)]
ORDERED_DICT = OrderedDict.fromkeys(range(100))
Point = namedtuple("Point", "x y")
POINTS = [Point(i, -i) for i in SHUFFLED]
ARRAY = array.array("d", range(N))


def heap_sort():
    heap = []
    for number in SHUFFLED:
        heapq.heappush(heap, number)
    return [heapq.heappop(heap) for _ in range(N)]


def heap_of_pairs():
    heap = PAIRS[:]
    heapq.heapify(heap)
    while heap:
        heapq.heappop(heap)


def insertions():
    found = []
    for number in SHUFFLED:
        bisect.insort(found, number)


def queue():
    waiting = deque()
    for number in SHUFFLED:
        waiting.append(number)
    while waiting:
        waiting.popleft()


def window():
    last = deque(maxlen=5)
    for number in SHUFFLED:
        last.append(number)
        last[0]


def rotate():
    ring = deque(range(100))
    for _ in range(100):
        ring.rotate(3)


def recently_used():
    for key in range(100):
        ORDERED_DICT.move_to_end(key)


def ordered():
    made = OrderedDict()
    for key in range(100):
        made[key] = key
    while made:
        made.popitem(last=False)


def groups():
    found = defaultdict(list)
    for word, number in PAIRS:
        found[word].append(number)


def counts():
    found = defaultdict(int)
    for word in WORDS:
        found[word] += 1


@functools.lru_cache(maxsize=None)
def unbounded(number):
    return number


@functools.lru_cache(maxsize=128)
def bounded(number, other):
    return number


def cached(function, *more):
    for number in range(100):
        function(number, *more)


def missing():
    for number in range(200):
        bounded(number, 1)


report({
    "heapq: push and pop": (N, heap_sort),
    "heapq: pairs": (N, heap_of_pairs),
    "heapq: nsmallest": (N, lambda: heapq.nsmallest(10, SHUFFLED)),
    "heapq: merge": (N, lambda: list(heapq.merge(ORDERED[::2], ORDERED[1::2]))),
    "bisect: find": (N, lambda: [bisect.bisect_left(ORDERED, number) for number in SHUFFLED]),
    "bisect: insort": (N, insertions),
    "deque: queue": (N, queue),
    "deque: window": (N, window),
    "deque: rotate": (100, rotate),
    "deque: iterate": (N, lambda: sum(deque(SHUFFLED))),
    "OrderedDict: move_to_end": (100, recently_used),
    "OrderedDict: fill and empty": (100, ordered),
    "defaultdict: groups": (N, groups),
    "defaultdict: counts": (N, counts),
    "Counter: count": (N, lambda: Counter(WORDS)),
    "Counter: most_common": (1, lambda c=Counter(WORDS): c.most_common(5)),
    "Counter: add": (1, lambda c=Counter(WORDS): c + c),
    "ChainMap: find": (1, lambda c=ChainMap({}, {"a": 1}): c["a"]),
    "namedtuple: make": (1, lambda: Point(1, 2)),
    "namedtuple: fields": (N, lambda: [point.x + point.y for point in POINTS]),
    "array: sum": (N, lambda: sum(ARRAY)),
    "array: index": (N, lambda: [ARRAY[i] for i in range(N)]),
    "itertools: chain": (2 * N, lambda: sum(itertools.chain(SHUFFLED, ORDERED))),
    "itertools: islice": (N, lambda: list(itertools.islice(itertools.count(), N))),
    "itertools: accumulate": (N, lambda: list(itertools.accumulate(SHUFFLED))),
    "itertools: product": (1600, lambda: list(itertools.product(range(40), repeat=2))),
    "itertools: combinations": (780, lambda: list(itertools.combinations(range(40), 2))),
    "itertools: permutations": (720, lambda: list(itertools.permutations(range(6)))),
    "itertools: groupby": (N, lambda: [len(list(group)) for _, group in itertools.groupby(ORDERED, lambda x: x // 100)]),
    "itertools: zip_longest": (N, lambda: list(itertools.zip_longest(SHUFFLED, ORDERED[:500]))),
    "itertools: starmap": (N, lambda: list(itertools.starmap(operator.add, POINTS))),
    "itertools: takewhile": (N, lambda: list(itertools.takewhile(lambda x: x >= 0, SHUFFLED))),
    "itertools: batched": (N, lambda: list(itertools.batched(SHUFFLED, 5))),
    "itertools: pairwise": (N, lambda: list(itertools.pairwise(SHUFFLED))),
    "functools: lru_cache unbounded": (100, lambda: cached(unbounded)),
    "functools: lru_cache bounded": (100, lambda: cached(bounded, 2)),
    "functools: lru_cache missing": (200, missing),
    "functools: reduce": (N, lambda: functools.reduce(operator.add, SHUFFLED)),
    "functools: partial": (N, lambda: [*map(functools.partial(pow, 3), range(N), itertools.repeat(7))]),
    "functools: cmp_to_key": (N, lambda: sorted(SHUFFLED, key=functools.cmp_to_key(lambda a, b: a - b))),
    "operator: itemgetter": (N, lambda: sorted(PAIRS, key=operator.itemgetter(1))),
    "operator: attrgetter": (N, lambda: sorted(POINTS, key=operator.attrgetter("x"))),
    "random: random": (N, lambda: [GENERATOR.random() for _ in range(N)]),
    "random: randrange": (N, lambda: [GENERATOR.randrange(100) for _ in range(N)]),
    "random: choice": (N, lambda: [GENERATOR.choice(SHUFFLED) for _ in range(N)]),
    "random: shuffle": (N, lambda: GENERATOR.shuffle(SHUFFLED[:])),
    "random: gauss": (N, lambda: [GENERATOR.gauss(0, 1) for _ in range(N)]),
})
