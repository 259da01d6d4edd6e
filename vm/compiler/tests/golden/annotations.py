x: int = 1
y: str
def f(a: A, *b: B) -> C:
    c: D
    d: E = a
    (e): F = b
    g.h: I
