# Big integers: factorial, fibonacci, exact division, decimal conversion both ways.
def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


print(factorial(30), factorial(25) // factorial(23))
print(fibonacci(300))
value = factorial(60)
for i in range(60, 0, -1):
    value //= i
print(value)
n = 10 ** 40
print(n - 1, -n + 1, n - n, n // (n - 1), (n + 1) % n, n * n // n == n)
root = n
while root * root > n:
    root = (root + n // root) // 2
print(root)
digits = 0
for i in range(200):
    digits += len(str(7 ** i))
print(digits)
print(n > n - 1, n == 10 ** 40, hash(n) == hash(10 ** 40), n is not None, int(str(n)) == n)
print(abs(-n), -(-n) == n, divmod(n, 7), n / 10 ** 38, float(n))
