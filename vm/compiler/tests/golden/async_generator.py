async def f(x):
    yield await x
    g = (await y async for y in x)
