import a.b.c
import a.b.c as d, e
from . import f
from ..g.h import i as j, k
from l import *
def m():
    import a.b
    from a import b
    import a.b.c as d
