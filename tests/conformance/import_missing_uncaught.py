# The report of a failing import statement.
print("before")
import helpers.no_such_module
print("never")
