class A(B, metaclass=M):
    'Doc.'
    x = 1
    def m(self):
        self.y = self.x
        return __class__
    z = [x for i in range(3)]
