def f(x):
    while x > 0:
        x -= 1
        if x == 5:
            break
    else:
        x = 9
    while True:
        x()
