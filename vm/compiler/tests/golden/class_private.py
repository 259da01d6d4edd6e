class _C:
    __x = 1
    def f(self, __y):
        return self.__x, __y, self.__z__
