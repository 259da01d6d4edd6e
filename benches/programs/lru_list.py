"""LRU cache: a dict beside a doubly linked list of its entries.

Dict look-ups and deletions, and the attribute stores that relink nodes.
"""

# checksum: 23577 21423 720425182 816156985

import sys
import time

SIZE = 45000
REPETITIONS = 20
CAPACITY = 500


class Node:
    __slots__ = ("key", "value", "previous", "next")

    def __init__(self, key, value):
        self.key = key
        self.value = value
        self.previous = self
        self.next = self


class LRUCache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.nodes = {}
        self.root = Node(None, None)
        self.hits = 0
        self.misses = 0

    def __len__(self):
        return len(self.nodes)

    def __iter__(self):
        node = self.root.next
        while node is not self.root:
            yield node.key, node.value
            node = node.next

    def unlink(self, node):
        node.previous.next = node.next
        node.next.previous = node.previous

    def link_first(self, node):
        first = self.root.next
        node.previous = self.root
        node.next = first
        first.previous = node
        self.root.next = node

    def get(self, key):
        node = self.nodes.get(key)
        if node is None:
            self.misses += 1
            return None
        self.hits += 1
        self.unlink(node)
        self.link_first(node)
        return node.value

    def put(self, key, value):
        if key in self.nodes:
            node = self.nodes[key]
            node.value = value
            self.unlink(node)
        else:
            if len(self) >= self.capacity:
                oldest = self.root.previous
                self.unlink(oldest)
                del self.nodes[oldest.key]
            node = self.nodes[key] = Node(key, value)
        self.link_first(node)


def run(size):
    cache = LRUCache(CAPACITY)
    state = 7
    total = 0
    for _ in range(size):
        state = (state * 1103515245 + 12345) % 2147483648
        # The product of two draws makes small keys common and large ones rare.
        key = ((state >> 8) % 64) * ((state >> 16) % 64)
        value = cache.get(key)
        if value is None:
            value = key * key + 1
            cache.put(key, value)
        total = (total + value) % 1000000007
    order = 0
    for key, _ in cache:
        order = (order * 31 + key) % 1000000007
    return f"{cache.hits} {cache.misses} {total} {order}"


def main(arguments):
    steady = arguments[:1] == ["steady"]
    for _ in range(int(arguments[1]) if steady else REPETITIONS):
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        checksum = run(SIZE)
        if steady:
            print(time.perf_counter_ns() - wall, time.process_time_ns() - cpu)
    print("checksum:", checksum)


if __name__ == "__main__":
    main(sys.argv[1:])
