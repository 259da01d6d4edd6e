def f():
    return 1
    print(2)
def g():
    while True:
        if h():
            continue
        raise E
    return 3
