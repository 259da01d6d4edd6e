# gc.get_referents and get_referrers of dicts, lists, tuples and sets, also of dicts that have lost entries.
# modes: native
import gc


class Node:
    def __repr__(self):
        return "Node"


node = Node()
table = {1: node, "two": "text", 3.5: [node]}
print(len(gc.get_referents(table)), gc.get_referents([1, "a"]), gc.get_referents((1, "a")))
for key in 1, 3.5:
    del table[key]
    print(sorted(map(repr, gc.get_referents(table))))
table[4] = node
print(node in gc.get_referents(table), table in gc.get_referrers(node))
del table["two"], table[4]
print(gc.get_referents(table), table in gc.get_referrers(node))
table.clear()
print(gc.get_referents(table, {}, set(), frozenset({5})))

# A cycle through a dict that has lost entries is collected.
table = {key: key for key in range(20)}
for key in range(0, 20, 2):
    del table[key]
table["self"] = table
gc.collect()
del table
print(gc.collect() > 0)
