# The module _tokenize: the tokens of sources, whole.
import _tokenize as T
def t(s):
    print(repr(s))
    lines=iter(s.splitlines(True))
    try:
        for x in T.TokenizerIter(lines.__next__, extra_tokens=True): print('   ',x)
    except SyntaxError as e: print('   ',type(e).__name__, e.msg, e.lineno, e.offset)
for s in ["x","x\n","if a:\n  b\n\n# c\nd","(1,\n 2)\n","'''a\nb'''\n","f'a{x!r:>{w}}b{{c}}' + 1\n","f'{x=}'\n","f'''\n{a}\n'''\n","\\\nx\n","a = 1 # c\n","\tx\n","if a:\n\tb\n  c\n","(","'abc","'''abc","0777","1_0.5e-3j","a ? b","a $ b","@x\n","x := 1\n","é = 2\n","a\\\n+b\n","if 1:\n  pass\n","1a\n","f'{a:{b}}'\n","t'{x}'\n","rb'a'\n","x\r\ny\r\n","","\n","   \n","  # c\n","if a:\n    b\n    # x\nc\n","f'{a[\"b\"]}'\n","f'{lambda x:1}'\n","a!=b<>c\n","f'a\\\nb'\n","print(f'{x:%Y-%m}')\n","}","x = (\n# c\n)\n", "0x\n", "f'{a b}'\n","f'{a:}'\n","x  # c","f'{x:a{y}b{z}}'\n","f'{f\"{x}\"}'\n","f'''{\nx\n}'''\n","(]\n","1__0\n"]: t(s)
# modes: native
