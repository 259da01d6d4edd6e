# A suggestion for a misspelt name in the report of an uncaught error.
counter = 1


def run():
    total = 0
    for i in range(300):
        total += counter
    print(total)
    return countr


run()
