def f(x):
    match x:
        case 1 | 'a':
            return 1
        case [a, 2, *rest] if a:
            return rest
        case {'k': v, **kw}:
            return v
        case P(q, r=None) as s:
            return q, s
        case (_, *_, t):
            return t
        case _:
            return 0
