# bytearray: mutation, aliasing, slices, in-place operators.
data = bytearray(b"hello")
alias = data
data[0] = 72
data += b" world"
data.append(33)
data.extend([63, 63])
print(data, alias is data, len(alias), data[-1], bytes(data[:5]), data.pop(), data.find(b"w"))
data[0:5] = b"HOWDY, YOU"
del data[5:7]
data.insert(0, 62)
data.reverse()
print(data, data.index(b"!"), data == bytes(data), data.upper())
sieve = bytearray([1]) * 2000
sieve[0] = sieve[1] = 0
for i in range(2, 45):
    if sieve[i]:
        for j in range(i * i, 2000, i):
            sieve[j] = 0
print(sum(sieve), sieve.count(1))
counter = bytearray(4)
for i in range(1000):
    position = i % 4
    counter[position] = (counter[position] + i) & 255
print(counter, counter.hex(), sorted(counter), bytearray(b"ab") + b"c", b"ab" + bytearray(b"c"))
sieve[::2] = bytes(1000)
print(sum(sieve))
for make in (lambda: data.__setitem__(0, 256), lambda: data.__setitem__(99, 1), lambda: data.__setitem__(0, "a"),
             lambda: hash(data), lambda: bytearray().pop(), lambda: data.remove(1)):
    try:
        make()
    except (ValueError, IndexError, TypeError) as error:
        print(type(error).__name__, error)
