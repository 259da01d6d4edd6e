value = 0
step = 1
loaded = "loaded as " + __name__


def increment():
    global value
    value += step


def get():
    return value
