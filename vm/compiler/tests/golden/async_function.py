async def f(x):
    async with x as y:
        await y
    async for z in y:
        print(z)
    return [q async for q in z]
