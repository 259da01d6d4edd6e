def f():
    try:
        g()
    except (A, B) as e:
        h(e)
    except C:
        raise
    except:
        return 1
    else:
        i()
