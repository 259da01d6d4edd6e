# eval and exec of short texts, with own namespaces and errors.
print(eval("1 + 2 * 3"), eval("x * 2", {"x": 21}), eval(" 5 "), eval("[i for i in range(n)]", {"n": 3}))
space = {}
exec("def f(n):\n    return n + offset\noffset = 5", space)
print(space["f"](1), "__builtins__" in space)
total = 0
for i in range(600):
    total += space["f"](i)
    if i == 300:
        exec("offset = 1000", space)
    if i == 500:
        exec("def f(n): return -n", space)
print(total)
code = compile("y = x + 1", "<made>", "exec")
names = {"x": 1}
for i in range(50):
    exec(code, names)
    names["x"] = names["y"]
print(names["y"])


def local_eval(a):
    b = 2
    return eval("a + b"), sorted(locals())


print(local_eval(5))
exec("fresh = 7")
print(fresh)
for text in ("1 +", "x = 1", "(", "unknown"):
    try:
        eval(text)
    except (SyntaxError, NameError) as error:
        print(type(error).__name__, error)
