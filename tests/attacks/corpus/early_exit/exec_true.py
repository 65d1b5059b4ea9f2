# problem: add
# verdict: exited | blocked | wrong_answer | runtime_error | crashed
# why: Becomes another program that ends with status 0.
import os

for path in ("/bin/true", "/usr/bin/true"):
    if os.path.exists(path):
        os.execv(path, ["true"])


def add(a, b):
    for path in ("/bin/true", "/usr/bin/true"):
        if os.path.exists(path):
            os.execv(path, ["true"])
    return 0
