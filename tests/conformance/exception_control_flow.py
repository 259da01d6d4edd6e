# try/except/else/finally with return, break and continue in every place.
log = []


def returns(where, fail):
    try:
        if where == "try":
            return "try"
        if fail:
            raise ValueError
    except ValueError:
        if where == "except":
            return "except"
    else:
        if where == "else":
            return "else"
    finally:
        log.append(where)
    return "end"


for where in ("try", "except", "else", "none"):
    for fail in (False, True):
        print(where, fail, returns(where, fail))


def loops(rounds):
    trail = 0
    for i in range(rounds):
        try:
            if i % 5 == 0:
                continue
            if i % 7 == 0:
                raise KeyError(i)
            if i == rounds - 3:
                break
        except KeyError as error:
            trail += error.args[0]
            if i % 2:
                continue
        else:
            trail += 1
        finally:
            trail += 100
        trail += 10000
    else:
        trail = -1
    return trail, i


print(loops(1000), loops(2), len(log))


def nested(n):
    for i in range(n):
        try:
            try:
                1 // (i % 3)
            finally:
                log.append(i)
                if i % 11 == 10:
                    i = 0
        except ZeroDivisionError:
            if i == 600:
                return "returned", i
            continue
        log.append("ok")
    return "finished"


print(nested(300), nested(900), len(log))
