# Packages: __init__, relative imports, submodule attributes, names and paths.
import helpers.package
from helpers.package import work, reexported, parent_public
from helpers.package.sibling import factor

print(work(5), reexported, parent_public, factor, helpers.package.order, helpers.package.__doc__, helpers.package.__name__)
print(helpers.package.inner.__package__, helpers.package.__package__, hasattr(helpers.package, "sibling"), helpers.package.sibling.factor)
total = 0
for i in range(900):
    total += work(i) + helpers.package.inner.sibling.factor
    if i == 400:
        helpers.package.sibling.factor = 1
    if i == 700:
        helpers.package.sibling = None
print(total, helpers.package.sibling, factor)
from helpers.package import sibling
import helpers.package.sibling as direct
print(sibling, direct)
import helpers.lazy
print(helpers.lazy.make_this, helpers.lazy.real, hasattr(helpers.lazy, "other"), dir(helpers.lazy))
for i in range(300):
    total += helpers.lazy.make_x
print(total)
try:
    from helpers.lazy import nope
except ImportError as error:
    print(str(error).split(" (")[0])
try:
    helpers.lazy.nope
except AttributeError as error:
    print(error)
