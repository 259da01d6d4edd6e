# Failing imports: missing modules and names, errors inside, what stays in sys.modules.
import sys


def attempt(action):
    try:
        return action()
    except Exception as error:
        return f"{type(error).__name__}: {str(error).split(' (')[0]} name={getattr(error, 'name', None)}"


def missing():
    import no_such_module


def missing_submodule():
    import helpers.no_such_module


def not_package():
    import helpers.constants.deeper


def missing_name():
    from helpers.constants import no_such_name


def broken():
    import helpers.broken


def syntax():
    import helpers.syntax


def attribute():
    import helpers.constants
    return helpers.constants.nothing


def beyond():
    from . import anything


for action in (missing, missing_submodule, not_package, missing_name, broken, broken, syntax, attribute, beyond):
    print(action.__name__, attempt(action))
print("helpers.broken" in sys.modules, "helpers" in sys.modules, "no_such_module" in sys.modules)
sys.modules["blocked"] = None
sys.modules["faked"] = 5


def blocked():
    import blocked


def faked():
    import faked
    return faked


print(attempt(blocked), attempt(faked))
results = {}
for i in range(200):
    result = attempt(missing if i % 2 else faked)
    results[result] = results.get(result, 0) + 1
print(results)
