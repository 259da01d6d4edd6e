# Circular imports: modules see each other half made; names that do not exist yet fail.
from helpers import circular_a, circular_b

print(circular_a.both(), circular_b.both(), circular_b.seen)
total = 0
for i in range(600):
    total += len(circular_a.both() + circular_b.both())
    if i == 400:
        circular_b.name = "longer"
print(total)
for _ in range(2):
    try:
        import helpers.circular_from
    except ImportError as error:
        print(str(error).split(" (most")[0])
import sys
print("helpers.circular_from" in sys.modules, "helpers.circular_other" in sys.modules)
