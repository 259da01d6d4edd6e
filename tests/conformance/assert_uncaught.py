# The report of a failed assert in a hot loop.
def check(values):
    total = 0
    for value in values:
        total += value
        assert total < 100000, f"total is {total}"
    return total


print(check(range(400)))
check(range(1000))
