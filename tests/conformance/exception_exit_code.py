# sys.exit with a number ends with that code, after finally and without a traceback.
import sys

try:
    for i in range(1000):
        if i == 900:
            sys.exit(7)
except Exception:
    print("SystemExit is no Exception")
finally:
    print("finally", i)
