def fail(table, key):
    for i in range(500):
        if i == 450:
            return table[key]
