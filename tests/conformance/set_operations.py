# Set algebra, in-place forms, frozensets, and errors.
a, b = {1, 2, 3, 4}, {3, 4, 5}
print(a | b, a & b, a - b, a ^ b, a <= b, {3} < b, a >= {1, 2}, a.isdisjoint({9}), a == {4, 3, 2, 1}, {1} != {2})
print(a.union([7], (8,)), a.intersection([1, 2], [2]), a.difference([1]), a.symmetric_difference([1, 9]), a.issubset(range(10)))
c = a
c |= {10}
c &= {1, 2, 10}
c -= {1}
c ^= {5}
print(sorted(a), c is a, set(), {1, True, 1.0}, frozenset([1, 2]), frozenset({1}) | {2}, {1} | frozenset({2}), frozenset([1]) == {1})
state = set()
total = 0
for i in range(1500):
    value = i * 37 % 101
    if value in state:
        state.discard(value)
    else:
        state.add(value)
    total += len(state)
print(total, sorted(state)[:5], sum(state), min(state))
nested = {frozenset({1, 2}), frozenset({2, 1}), frozenset()}
print(len(nested), frozenset([2, 1]) in nested, hash(frozenset([1, 2])) == hash(frozenset([2, 1])), {1, 2} in nested)
s = {5}
print(s.pop(), s, bool(s), s.copy() is s, len({n % 7 for n in range(100)}))
for make in (lambda: s.pop(), lambda: s.remove(3), lambda: {[]}, lambda: {1} | [2], lambda: {1} < [1], lambda: s.add({}), lambda: hash({1})):
    try:
        make()
    except (KeyError, TypeError) as error:
        print(type(error).__name__, error)
