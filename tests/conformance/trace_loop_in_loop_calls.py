# Loops inside functions called from hot loops, with iteration counts that vary.
def inner(n):
    total = 0
    for i in range(n):
        if i == 13:
            continue
        total += i
        if total > 500:
            break
    else:
        total += 1
    return total


def outer(counts):
    result = 0
    for n in counts:
        result = (result * 7 + inner(n)) % 1000003
    return result


print(outer([0] * 100 + [1, 2, 3] * 100 + [50] * 30 + [14, 13] * 20))


def matrix(n):
    a = [[i + j for j in range(n)] for i in range(n)]
    b = [[i * j % 5 for j in range(n)] for i in range(n)]
    return [[sum(a[i][k] * b[k][j] for k in range(n)) for j in range(n)] for i in range(n)]


m = matrix(9)
print(m[0], sum(map(sum, m)))


def queens(n, row=0, columns=0, left=0, right=0):
    if row == n:
        return 1
    count = 0
    free = ~(columns | left | right) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        count += queens(n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return count


print(queens(6), queens(7))


def bubble(items):
    n = len(items)
    for i in range(n):
        swapped = False
        for j in range(n - 1 - i):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
                swapped = True
        if not swapped:
            return i
    return n


data = [(i * 61) % 53 for i in range(53)]
print(bubble(data), data == list(range(53)), bubble(data), bubble(["b", "a", "c"]), bubble([2.5, 1, True]))
