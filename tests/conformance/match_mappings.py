# Mapping patterns: keys, nested values, rest, missing keys.
def handle(event):
    match event:
        case {"type": "click", "at": (x, y)}:
            return f"click {x},{y}"
        case {"type": "key", "code": int(code), **rest} if code > 10:
            return f"key {code} {rest}"
        case {"type": str(name), "items": [first, *_]}:
            return f"{name} with {first}"
        case {"nested": {"deep": {"value": v}}}:
            return f"deep {v}"
        case {1: "one", None: n}:
            return f"odd keys {n}"
        case {}:
            return f"mapping of {len(event)}"
        case _:
            return "no mapping"


events = [{"type": "click", "at": (1, 2)}, {"type": "key", "code": 65, "shift": True}, {"type": "key", "code": 5}, {"type": "list", "items": "no"}, {"type": "list", "items": [7, 8]},
          {"nested": {"deep": {"value": 0}}}, {1: "one", None: 5}, {}, [1], {"type": "click", "at": [3, 4], "x": 1}]
for event in events:
    print(handle(event))
total = 0
for i in range(900):
    total += len(handle(events[i % (3 if i < 500 else 10)]))
print(total)


class Missing(dict):
    def __missing__(self, key):
        return "made up"


match Missing(a=1):
    case {"b": b}:
        print("never", b)
    case {"a": a, **rest}:
        print(a, rest)
