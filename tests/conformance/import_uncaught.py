# The report of an uncaught error that passes through an imported module.
from helpers.uncaught import fail
import helpers.constants


def run(key):
    return fail(vars(helpers.constants), key)


print(run("PUBLIC"))
run("ABSENT")
