class A:
    def f(self, x):
        super().f(x, k=1)
        super().a.b()
        return super(A, self).f(), super(), super().g
