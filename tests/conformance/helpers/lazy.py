def __getattr__(name):
    if name.startswith("make_"):
        return len(name)
    raise AttributeError(f"lazily missing: {name}")


def __dir__():
    return ["make_it"]


real = 1
