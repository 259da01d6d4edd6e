x = 1, 1.0, True, -0.0, 0.0, 1j, None, ..., b'a', 'a'
y = 2 ** 10 + 1 << 70, 'a' * 3, (1, 2)[0], -5 // 2, not 0
if __debug__:
    print(10 ** 50)
while 0:
    z = 1
